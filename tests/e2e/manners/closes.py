"""A server that closes each connection behind its answer and does not say so: closes.py PORT-FILE LOG

It waits until the next request is there, and closes without having read it; but a
request for /read after another one it reads before.  /N leads to /N-1, and /0 is a feed.
The log has the path of each request that was read.
"""
import os
import select
import socket
import sys

FEED = b"<rss version='2.0'><channel><title>t</title><item><guid>1</guid></item></channel></rss>"

listener = socket.create_server(("127.0.0.1", 0))
with open(sys.argv[1] + ".new", "w") as port:
    print(listener.getsockname()[1], file=port)
os.rename(sys.argv[1] + ".new", sys.argv[1])


def read_path(connection):
    head = b""
    while b"\r\n\r\n" not in head and (piece := connection.recv(65536)):
        head += piece
    if not head:
        return None
    path = head.split(b" ")[1].decode()
    with open(sys.argv[2], "a") as log:
        print(path, file=log)
    return path


for _ in range(200):
    connection = listener.accept()[0]
    path = read_path(connection)
    if path == "/0":
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(FEED), FEED)
    elif path == "/rude":
        answer = b"HTTP/1.1 302 Found\r\nLocation: /read\r\nContent-Length: 0\r\n\r\n"
    else:
        to = int(path[1:]) - 1
        answer = b"HTTP/1.1 302 Found\r\nLocation: /%d\r\nContent-Length: 0\r\n\r\n" % to
    connection.sendall(answer)
    if path != "/0":
        select.select([connection, listener], [], [], 30)
    if path == "/rude":
        read_path(connection)
    connection.close()
