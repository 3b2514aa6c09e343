"""A server that would rather speak HTTP/2: h2.py CERT KEY PORT-FILE

There it sends pings without end in place of an answer; in HTTP/1.1, a feed.
"""
import socket
import ssl
import sys

SETTINGS = b"\0\0\0\x04\0\0\0\0\0"
PING = b"\0\0\x08\x06\0\0\0\0\0" + b"8 bytes."
FEED = b"""<rss version="2.0"><channel><title>F</title><link>https://e.org/</link>
<description>d</description><item><guid>a</guid><title>A</title></item></channel></rss>"""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n" % len(FEED)


def main():
    cert, key, port_file = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    context.set_alpn_protocols(["h2", "http/1.1"])
    listener = socket.create_server(("127.0.0.1", 0))
    with open(port_file, "w", encoding="ascii") as out:
        print(listener.getsockname()[1], file=out)
    while True:
        raw, _ = listener.accept()
        try:
            with context.wrap_socket(raw, server_side=True) as conn:
                conn.recv(65536)
                if conn.selected_alpn_protocol() != "h2":
                    conn.sendall(HEAD + FEED)
                    continue
                conn.sendall(SETTINGS)
                while True:
                    conn.sendall(PING * 4096)
        except OSError:
            pass


main()
