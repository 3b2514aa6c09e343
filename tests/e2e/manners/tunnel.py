"""An HTTP proxy whose answer to CONNECT is of one kind: tunnel.py PORT-FILE LOG

The first label of the host that is asked for names the kind.  ok, tinyproxy, apache
and headed lead to the port that was asked for, on loopback; those of digits refuse with
that status, and a page; page and fields begin an answer that has no end.  The log has
a line for each CONNECT, its kind.
"""
import os
import socket
import sys
import threading

PAGE = b"<html><title>No</title>" + b"<p>no way</p>" * 60 + b"</html>"
# What would be wrong of the feed.
HEADED = b"".join(
    line + b"\r\n"
    for line in (
        b'ETag: "of-the-proxy"',
        b"Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT",
        b"Content-Type: application/feed+json",
        b"Content-Encoding: br",
        b"Content-Length: 5",
        b"Content-Location: https://elsewhere.invalid/",
        b"Location: https://elsewhere.invalid/",
        b"Cache-Control: max-age=777777",
        b"Retry-After: 7200",
        b"cf-mitigated: challenge",
    )
)
LEADS = {
    b"ok": b"HTTP/1.1 200 OK\r\n\r\n",
    b"tinyproxy": b"HTTP/1.0 200 Connection established\r\nProxy-agent: tinyproxy/1.11.1\r\n\r\n",
    b"apache": b"HTTP/1.0 200 Connection Established\r\nProxy-agent: Apache/2.4.57 (Debian)\r\n\r\n",
    b"headed": b"HTTP/1.1 200 OK\r\n" + HEADED + b"X: " + b"x" * 9000 + b"\r\n\r\n",
}
REFUSES = (
    b"HTTP/1.1 %s No\r\nProxy-Authenticate: Basic realm=\"p\"\r\nLocation: https://elsewhere.invalid/\r\n"
    b"Retry-After: 7200\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
)


def pass_on(source, target):
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def without_end(conn, head, piece):
    conn.sendall(head)
    while True:
        conn.sendall(piece)


def answer(conn):
    words = conn.makefile("rb")
    host, port = words.readline().split()[1].rsplit(b":", 1)
    while words.readline().strip():
        pass
    kind = host.split(b".")[0]
    log.write(kind.decode() + "\n")
    log.flush()
    if kind in LEADS:
        far = socket.create_connection(("127.0.0.1", int(port)))
        conn.sendall(LEADS[kind])
        threading.Thread(target=pass_on, args=(far, conn), daemon=True).start()
        pass_on(conn, far)
    elif kind == b"page":
        head = REFUSES % (b"407", 10**12)
        without_end(conn, head, PAGE)
    elif kind == b"fields":
        without_end(conn, b"HTTP/1.1 200 OK\r\n", b"X: x\r\n")
    else:
        conn.sendall(REFUSES % (kind, len(PAGE)) + PAGE)
        words.readline()  # the other end is the one that goes


def serve(conn):
    try:
        answer(conn)
    except (OSError, IndexError):
        pass
    conn.close()


log = open(sys.argv[2], "w")
listener = socket.create_server(("127.0.0.1", 0))
with open(sys.argv[1] + ".new", "w") as out:
    print(listener.getsockname()[1], file=out)
os.rename(sys.argv[1] + ".new", sys.argv[1])
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
