"""Servers for the probe: an ordinary one, and all the ways in which one can be hostile. What they send is counted."""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

#: No output may hold any of these.
BODY, REASON = "BODY-MARKER", "REASON-MARKER"


@dataclass
class Connection:
    """One accepted connection: what was asked, and how many bytes were sent."""

    socket: socket.socket
    request: bytes = b""
    sent: int = 0

    @property
    def path(self) -> str:
        return self.request.split(b" ", 2)[1].decode() if self.request.count(b" ") >= 2 else ""

    def send(self, data: bytes) -> None:
        while data:
            count = self.socket.send(data)
            self.sent += count
            data = data[count:]

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def answer(status: int, *headers: str, body: str = BODY, length: str | None = None) -> Callable[[Connection], None]:
    """An ordinary answer, with a reason phrase and a body that nobody should see."""

    def act(connection: Connection) -> None:
        lines = [f"HTTP/1.1 {status} {REASON}", *headers, f"Content-Length: {length or len(body)}"]
        connection.send(("\r\n".join(lines) + "\r\n\r\n" + body).encode())

    return act


def raw(*parts: bytes) -> Callable[[Connection], None]:
    def act(connection: Connection) -> None:
        for part in parts:
            connection.send(part)

    return act


HEAD = f"HTTP/1.1 200 {REASON}\r\nContent-Type: text/plain\r\n".encode()


def endless_body(connection: Connection) -> None:
    connection.send(HEAD + b"\r\n")
    while True:
        connection.send(BODY.encode() * 1000)


def endless_chunks(connection: Connection) -> None:
    connection.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.send(b"2af8\r\n" + BODY.encode() * 1000 + b"\r\n")


def slow_headers(connection: Connection) -> None:
    connection.send(HEAD)
    for number in itertools.count():
        connection.send(f"X-{number}: {BODY}\r\n".encode())
        time.sleep(0.2)


def slow_status(connection: Connection) -> None:
    for byte in itertools.cycle(b"HTTP/1.1 200"):
        connection.send(bytes([byte]))
        time.sleep(0.2)


def silence(connection: Connection) -> None:
    connection.socket.settimeout(30)
    connection.socket.recv(1)


def long_header(connection: Connection) -> None:
    connection.send(HEAD + b"X-Long: " + b"a" * (1 << 20) + b"\r\n\r\n")


def many_headers(connection: Connection) -> None:
    connection.send(HEAD + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 100) for n in range(10_000)) + b"\r\n")


def endless_interim(connection: Connection) -> None:
    while True:
        connection.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100)


def reset(connection: Connection) -> None:
    connection.reset()


def reset_in_headers(connection: Connection) -> None:
    connection.send(HEAD)
    time.sleep(0.05)
    connection.reset()


@dataclass
class Server:
    """Listens on 127.0.0.1 until closed. What is not among its paths gets 404."""

    paths: dict[str, Callable[[Connection], None]]
    tls: ssl.SSLContext | None = None
    otherwise: Callable[[Connection], None] = field(default_factory=lambda: answer(404))
    connections: list[Connection] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.paths = dict(self.paths)

    def __enter__(self) -> Server:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        # What is sent but not received yet stays small, so that the count of what was sent tells what was received.
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        # Closing alone does not wake the thread that waits.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.place}"

    def sent(self, path: str) -> int:
        return sum(one.sent for one in self.connections if one.path == path)

    def requests(self, path: str) -> list[bytes]:
        return [one.request for one in self.connections if one.path == path]

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self.listener.accept()
            except OSError:
                return
            connection = Connection(accepted)
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: Connection) -> None:
        # Whoever is cut off has nothing more to say.
        with contextlib.suppress(OSError):
            if self.tls:
                connection.socket = self.tls.wrap_socket(connection.socket, server_side=True)
            while b"\r\n\r\n" not in connection.request:
                data = connection.socket.recv(4096)
                if not data:
                    return
                connection.request += data
            self.paths.get(connection.path, self.otherwise)(connection)
        with contextlib.suppress(OSError):
            connection.socket.close()


class Certificates:
    """A certificate authority of our own, and what it signs."""

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "index.txt").write_text("")
        (folder / "index.txt.attr").write_text("unique_subject = no\n")
        (folder / "openssl.cnf").write_text(
            f"""[ca]
default_ca = ours
[ours]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
"""
        )
        self._request("ca", "Our Own Authority", "-x509", "-days", "30", "-addext", "basicConstraints=critical,CA:TRUE")
        self.authority = folder / "ca.pem"

    def signed(self, name: str, alternative: str, start: str | None = None, end: str | None = None) -> ssl.SSLContext:
        self._request(name, name, "-addext", f"subjectAltName={alternative}", out="csr")
        dates = ["-startdate", start, "-enddate", end] if start and end else ["-days", "20"]
        self._openssl(
            "ca", "-batch", "-notext", "-config", self.folder / "openssl.cnf", "-in", self.folder / f"{name}.csr", "-out",
            self.folder / f"{name}.pem", *dates,
        )  # fmt: skip
        return self._context(name)

    def self_signed(self, name: str) -> ssl.SSLContext:
        self._request(name, name, "-x509", "-days", "30", "-addext", "subjectAltName=IP:127.0.0.1")
        return self._context(name)

    def _request(self, name: str, subject: str, *options: str, out: str = "pem") -> None:
        self._openssl(
            "req", "-config", self.folder / "openssl.cnf", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-subj", f"/CN={subject}", "-keyout", self.folder / f"{name}.key", "-out",
            self.folder / f"{name}.{out}", *options,
        )  # fmt: skip

    def _context(self, name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return context

    def _openssl(self, *arguments) -> None:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
