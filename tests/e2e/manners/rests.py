"""A server that ends each connection by a reset as soon as it rests: rests.py PORT-FILE LOG

The log has a line for each request, the number of its connection.
"""
import os
import socket
import struct
import sys
import time

FEED = b'<rss version="2.0"><channel><title>R</title><item><guid>1</guid></item></channel></rss>'
listener = socket.create_server(("127.0.0.1", 0))
with open(sys.argv[1] + ".new", "w") as port:
    print(listener.getsockname()[1], file=port)
os.rename(sys.argv[1] + ".new", sys.argv[1])
for number in range(1, 100):
    connection = listener.accept()[0]
    head = b""
    while b"\r\n\r\n" not in head and (piece := connection.recv(65536)):
        head += piece
    if head:
        with open(sys.argv[2], "a") as log:
            print(number, file=log)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(FEED), FEED))
    time.sleep(0.2)  # it is read by then, or the test has nothing to see
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
