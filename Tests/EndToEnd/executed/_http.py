"""A small HTTP client for scenarios: loopback alone, no redirects followed, whatever goes wrong is a claim's failure."""

from __future__ import annotations

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def header(self, name: str) -> str:
        """The header's value; an empty text where it is not there."""
        return self.headers.get(name, "")

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def problem(self) -> dict:
        """The body of an error, which must be problem details that repeat the status."""
        assert self.header("Content-Type").startswith("application/problem+json"), (self.status, self.header("Content-Type"))
        assert self.json["status"] == self.status and self.json["title"], self.json
        return self.json


def ask(url: str, method: str = "GET", body=None, headers=None, timeout: float = 10) -> Answer:
    """One request on a connection of its own. A body that is not text or bytes is sent as JSON."""
    parts = urlsplit(url)
    assert parts.hostname in ("127.0.0.1", "::1"), url
    headers = dict(headers or {})
    if body is not None and not isinstance(body, (str, bytes)):
        body = json.dumps(body)
        headers.setdefault("Content-Type", "application/json")
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        connection.request(method, url[url.index(parts.netloc) + len(parts.netloc) :] or "/", body, headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    except http.client.HTTPException as error:
        raise AssertionError(f"{method} {url}: {error!r}") from error
    finally:
        connection.close()


def ask_all(requests: list[dict], at_once: int = 16) -> list[Answer]:
    """Many requests side by side, each given as the arguments of `ask`."""
    with ThreadPoolExecutor(at_once) as threads:
        return list(threads.map(lambda arguments: ask(**arguments), requests))
