"""The server: python -m awsrace PORT CERTIFICATE KEY, and the administrator's access key in its environment."""

from __future__ import annotations

import os
import ssl
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from socket import socket
from socketserver import ThreadingMixIn
from typing import Any, cast

from awsrace.cloud import Cloud
from awsrace.signature import Request


def main(port: str, certificate: str, key: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    cloud = Cloud(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    Server(int(port), context, cloud).serve_forever()


Socket = socket | tuple[bytes, socket]
Address = Any


class Server(ThreadingMixIn, HTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, context: ssl.SSLContext, cloud: Cloud) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.context, self.cloud = context, cloud

    def finish_request(self, request: Socket, client_address: Address) -> None:
        """Hands are shaken in the connection's own thread: a client that is slow at it delays nobody."""
        with self.context.wrap_socket(cast(socket, request), server_side=True) as secured:
            Handler(secured, client_address, self)

    def handle_error(self, request: Socket, client_address: Address) -> None:
        """Clients that hang up, or do not trust this server, are what tests are about."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # Head and body leave in one piece.
    wbufsize = -1
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.cloud.answer(Request(self.path, headers, body))
        if answer is None:
            self.close_connection = True
            return
        time.sleep(answer.wait)
        self.send_response_only(answer.status)
        self.send_header("Date", self.date_time_string(time.time() + answer.clock))
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_words: object) -> None:
        """What went wrong is told; every call would be too much."""


if __name__ == "__main__":
    main(*sys.argv[1:])
