"""A server that ends each connection by a reset while it rests: rests.py PORT-FILE LOG

The N-th is reset when there is a file called rest.N.  The log has a line "asked N" for
each request, and "reset N".
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


def tell(word, number):
    with open(sys.argv[2], "a") as log:
        print(word, number, file=log)


for number in range(1, 100):
    connection = listener.accept()[0]
    head = b""
    while b"\r\n\r\n" not in head and (piece := connection.recv(65536)):
        head += piece
    if head:
        tell("asked", number)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(FEED), FEED))
    while not os.path.exists("rest.%d" % number):
        time.sleep(0.02)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    tell("reset", number)
