"""A server of HTTP/2 that answers each stream in one way: h2.py WAY CERT KEY PORT-FILE LOG

good; reset and refused end the stream before an answer, half within its body;
goaway leaves; trailers sends some; padding and unknown send that for ever, at a
pace that leaves the other end time, and of a body a byte a frame.  The log has a line a stream, and one
that begins with + a connection.
"""
import socket
import ssl
import struct
import sys
import time

DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY = 0, 1, 3, 4, 7
UNKNOWN = 32
ACK, END_STREAM, END_HEADERS, PADDED = 1, 1, 4, 8
INTERNAL_ERROR, REFUSED_STREAM = 2, 7
STATUS_200 = b"\x88"  # of HPACK's static table
FEED = b"""<rss version="2.0"><channel><title>F</title><link>https://e.org/</link>
<description>d</description><item><guid>a</guid><title>A</title></item></channel></rss>"""


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def field(name, value):
    """A header field as a literal that is not indexed."""
    return bytes((0, len(name))) + name + bytes((len(value),)) + value


def take(conn, count):
    data = b""
    while len(data) < count:
        more = conn.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def answer(conn, stream, way):
    def send(kind, flags, payload):
        conn.sendall(frame(kind, flags, stream, payload))

    if way == "goaway":
        conn.sendall(frame(GOAWAY, 0, 0, struct.pack(">II", 0, 0)))
        raise EOFError
    if way in ("reset", "refused"):
        send(RST_STREAM, 0, struct.pack(">I", REFUSED_STREAM if way == "refused" else INTERNAL_ERROR))
        return
    send(HEADERS, END_HEADERS, STATUS_200 + field(b"content-type", b"application/rss+xml"))
    if way == "half":
        send(DATA, 0, FEED[:150])
        send(RST_STREAM, 0, struct.pack(">I", INTERNAL_ERROR))
    elif way == "trailers":
        send(DATA, 0, FEED)
        send(HEADERS, END_HEADERS | END_STREAM, field(b"etag", b'"trailer"'))
    elif way in ("padding", "unknown"):
        padding = frame(DATA, PADDED, stream, b"\xff<" + bytes(255))
        while True:
            conn.sendall(padding * 64 if way == "padding" else frame(UNKNOWN, 0, stream, bytes(16384)))
            time.sleep(0.005)
    else:
        send(DATA, END_STREAM, FEED)


def serve(conn, way, log):
    take(conn, 24)  # the client's greeting
    conn.sendall(frame(SETTINGS, 0, 0))
    while True:
        head = take(conn, 9)
        take(conn, int.from_bytes(head[:3], "big"))
        kind, flags, stream = struct.unpack(">BBI", head[3:])
        if kind == SETTINGS and not flags & ACK:
            conn.sendall(frame(SETTINGS, ACK, 0))
        if kind == HEADERS:
            print(way, stream, file=log, flush=True)
            answer(conn, stream, way)


def main():
    way, cert, key, port_file, log_file = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    context.set_alpn_protocols(["h2"])
    listener = socket.create_server(("127.0.0.1", 0))
    with open(log_file, "a", encoding="ascii") as log:
        with open(port_file, "w", encoding="ascii") as out:
            print(listener.getsockname()[1], file=out)
        while True:
            raw, _ = listener.accept()
            print("+" + way, file=log, flush=True)
            try:
                with context.wrap_socket(raw, server_side=True) as conn:
                    serve(conn, way, log)
            except (EOFError, OSError):
                pass


main()
