"""A proxy that knows Azure's names and leads to the stand-in; TLS goes through it from end to end."""

from __future__ import annotations

import contextlib
import re
import socket
import socketserver
import threading


class Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, leads_to: int, names: str) -> None:
        super().__init__(("127.0.0.1", port), Connection)
        self.leads_to, self.names = leads_to, names

    def handle_error(self, request: object, client_address: object) -> None:
        """Callers that hang up are what tests are made of."""


class Connection(socketserver.StreamRequestHandler):
    server: Proxy

    def handle(self) -> None:
        asked = re.match(rb"CONNECT ([^: ]+):443 HTTP/1\.[01]\r\n", self.rfile.readline())
        while self.rfile.readline().strip():
            pass
        # Nothing from a test goes out into the world.
        if asked is None or not re.fullmatch(self.server.names, asked[1].decode()):
            self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", self.server.leads_to)) as there:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=copy, args=(there, self.connection), daemon=True)
            back.start()
            copy(self.connection, there)
            back.join()


def copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while content := source.recv(65536):
            target.sendall(content)
    for end, how in ((target, socket.SHUT_WR), (source, socket.SHUT_RD)):
        with contextlib.suppress(OSError):
            end.shutdown(how)
