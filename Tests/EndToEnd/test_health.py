"""`plumbline health` against servers of our own: ordinary ones, and hostile ones that count what they send."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from far_side import (
    BODY, HEAD, REASON, Certificates, Server, answer, endless_body, endless_chunks, endless_interim, long_header,
    many_headers, raw, reset, reset_in_headers, silence, slow_headers, slow_status,
)  # fmt: skip
from rig import Plumbline, need
from screen import Terminal

FORMATS = ("text", "json", "markdown", "prometheus")
INSIDE = "--allow-private"
SOUND = {"/health/live": answer(200, "Content-Type: application/json; charset=utf-8"), "/health/ready": answer(204)}


def target(result) -> dict:
    [target] = result.json["targets"]
    return target


def by_path(result) -> dict[str, dict]:
    return {endpoint["path"]: endpoint for endpoint in target(result)["endpoints"]}


# MARK: Verdicts


def test_live_and_ready_pass(plumbline):
    with Server(SOUND) as server:
        result = plumbline.ok("health", server.url, INSIDE, "--format", "json")
        text = plumbline.ok("health", server.url, INSIDE).out
    found = target(result)
    assert (found["base"], found["live"], found["ready"], found["verdict"]) == (server.url, "pass", "pass", "healthy")
    paths = [endpoint["path"] for endpoint in found["endpoints"]]
    assert sorted(paths) == sorted(
        ["/health/live", "/health/ready", "/health", "/healthz", "/livez", "/readyz", "/ready", "/api/health",
         "/api/v1/health"]
    )  # fmt: skip
    live = by_path(result)["/health/live"]
    assert (live["status"], live["content_type"], live["redirect"], live["error"]) == (200, "application/json", None, None)
    assert live["time_ms"] >= live["first_byte_ms"] >= live["connect_ms"] >= 0
    assert (live["address"], live["http_version"], live["tls"]) == ("127.0.0.1", "1.1", None)
    assert {one["outcome"] for path, one in by_path(result).items() if path not in SOUND} == {"absent"}
    assert text.startswith(f"{server.url}: healthy\n  live pass, ready pass, general absent\n")
    assert {one.request.split(b" ")[0] for one in server.connections} == {b"GET"}


def test_one_200_hides_no_503(plumbline):
    with Server({"/health": answer(200), "/health/live": answer(200), "/health/ready": answer(503)}) as server:
        result = plumbline.run("health", server.url, INSIDE, "--format", "json")
        text = plumbline.run("health", server.url, INSIDE)
    assert result.status == text.status == 1
    assert (target(result)["live"], target(result)["ready"]) == ("pass", "fail")
    assert target(result)["verdict"] == "degraded"
    assert re.search(r"fail +ready +/health/ready +503", text.out)


def test_a_start_page_proves_nothing(plumbline):
    with Server({}, otherwise=answer(200, "Content-Type: text/html")) as server:
        told = plumbline.ok("health", server.url, INSIDE, "--format", "json")
        result = plumbline.run("health", server.url, INSIDE, "--strict", "--format", "json")
        left = plumbline.run("health", server.url, INSIDE, "--strict", "--no-control")
    assert target(told)["verdict"] == "healthy" and target(told)["live"] == "pass"
    assert result.status == 1 and target(result)["verdict"] == "degraded"
    for one in (told, result):
        assert "proves nothing" in " ".join(target(one)["notes"])
    assert left.status == 0


def test_configured_paths_have_to_be_there(plumbline):
    with Server({"/up": answer(200), "/shop/up": answer(200)}) as server:
        good = plumbline.ok("health", server.url, INSIDE, "--path", "/up=live", "--format", "json")
        below = plumbline.ok("health", server.url + "/shop/", INSIDE, "--path", "/up=ready", "--format", "json")
        bad = plumbline.run("health", server.url, INSIDE, "--path", "/up=live", "--path", "/gone", "--format", "json")
    assert (target(good)["live"], target(good)["ready"]) == ("pass", "absent")
    assert (target(below)["base"], target(below)["ready"]) == (server.url + "/shop", "pass")
    assert bad.status == 1 and by_path(bad)["/gone"]["outcome"] == "fail"


def test_exit_status_over_several_targets(plumbline):
    with Server(SOUND) as good, Server({"/health": answer(500)}) as bad, Server({}) as closed:
        closed.__exit__()
        gone = closed.url
        assert plumbline.run("health", good.url, INSIDE).status == 0
        assert plumbline.run("health", good.url, bad.url, INSIDE).status == 1
        assert plumbline.run("health", good.url, gone, INSIDE).status == 1
        assert plumbline.run("health", bad.url, gone, INSIDE).status == 1
        nothing = plumbline.run("health", gone, INSIDE, "--format", "json")
        typed = f"# ours\n{good.url}\n\n  {bad.url}/  \r\n{good.url}/\n"
        listed = plumbline.run("health", "-", INSIDE, "--format", "json", stdin=typed)
    assert nothing.status == 3 and target(nothing)["verdict"] == "unreachable"
    assert "the connection was refused" in nothing.err
    assert [one["verdict"] for one in listed.json["targets"]] == ["healthy", "degraded"]
    assert listed.err == f"standard input, line 5: {good.url} was named before; it is asked once\n"


# MARK: What must not be reached


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0"],
)
def test_addresses_inside_get_no_packet(shared, host):
    with Server(SOUND) as server:
        url = f"http://{host}:{server.port}"
        result = shared.run("health", url, "--format", "json")
        assert result.status == 3
        assert target(result)["verdict"] == "unreachable"
        assert {"--allow-private" in one["error"] for one in target(result)["endpoints"]} == {True}, result.out
        assert server.connections == []
        assert shared.run("health", url, INSIDE).status == 0


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254", "http://[fd00:ec2::254]", "http://10.0.0.1", "http://192.168.1.1", "http://100.64.0.1",
     "http://[fe80::1]", "http://[64:ff9b::7f00:1]", "http://[2002:7f00:1::]", "http://224.0.0.1", "http://[::1]"],
)  # fmt: skip
def test_no_socket_is_opened_for_addresses_inside(shared, url, tmp_path):
    strace = need("strace")
    log = tmp_path / "trace"
    prefix = (strace, "-f", "-qq", "-o", str(log), "-e", "trace=connect,sendto,sendmsg")
    if subprocess.run([*prefix, "true"], capture_output=True).returncode != 0:
        pytest.skip("this machine does not allow tracing")
    result = shared.run("health", url, "--path", "/x", "--no-control", prefix=prefix)
    assert result.status == 3 and "not asked: " in result.out
    # libcurl tries out once whether this machine knows IPv6, and sends nothing.
    calls = [line for line in log.read_text().splitlines() if "sin_port=htons(80)" in line or "sin6_port=htons(80)" in line]
    assert calls == []


def test_a_name_that_leads_inside_is_refused(plumbline):
    with Server(SOUND) as server:
        given = ("--resolve", f"shop.example:{server.port}:127.0.0.1")
        url = f"http://shop.example:{server.port}"
        refused = plumbline.run("health", url, *given)
        assert refused.status == 3 and "127.0.0.1 is a loopback address" in refused.out
        assert server.connections == []
        plumbline.ok("health", url, *given, INSIDE)
        assert f"Host: shop.example:{server.port}".encode() in server.requests("/health/live")[0]


def test_a_redirect_is_shown_and_not_followed(plumbline):
    with Server({}) as other:
        places = [other.url + "/x", "http://169.254.169.254/latest/", "//" + other.place, "gopher://a", "/\x1b[31m|`é"]
        paths = {f"/{n}": answer(302, f"Location: {place}") for n, place in enumerate(places)}
        with Server(paths) as server:
            options = [word for path in paths for word in ("--path", path)]
            result = plumbline.run("health", server.url, INSIDE, "--format", "json", *options)
            text = plumbline.run("health", server.url, INSIDE, *options)
        assert other.connections == []
    assert result.status == 1
    shown = [one["redirect"] for one in target(result)["endpoints"]]
    assert shown == [*places[:4], "/%1B[31m%7C%60%C3%A9"]
    assert {one["outcome"] for one in target(result)["endpoints"]} == {"fail"}
    assert "http://169.254.169.254/latest/, not followed" in text.out and "\x1b" not in text.out


def test_neither_environment_nor_files_lead_elsewhere(plumbline):
    with Server(SOUND) as server, Server({}) as proxy:
        (plumbline.home / ".netrc").write_text("default login ann password netrc-secret\n")
        (plumbline.home / ".curlrc").write_text(f'proxy = "{proxy.url}"\nheader = "X-Curlrc: yes"\n')
        names = ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
        plumbline.ok("health", server.url, INSIDE, env={name: proxy.url for name in names})
        assert proxy.connections == []
        [request] = server.requests("/health/live")
        assert b"Authorization" not in request and b"X-Curlrc" not in request and b"Cookie" not in request


# MARK: Hostile servers

HOSTILE = {
    "/endless-body": (endless_body, 200, None),
    "/endless-chunks": (endless_chunks, 200, None),
    "/slow-headers": (slow_headers, None, "timed out while the headers were arriving"),
    "/slow-status": (slow_status, None, "timed out"),
    "/silence": (silence, None, "timed out while waiting for an answer"),
    "/long-header": (long_header, None, "the headers are too large"),
    "/many-headers": (many_headers, None, "the headers are too large"),
    "/endless-interim": (endless_interim, None, "the headers are too large"),
    "/to-link-local": (answer(302, "Location: http://169.254.169.254/latest/meta-data"), 302, None),
    "/garbage": (raw(b"<html>" + BODY.encode()), None, "no valid HTTP"),
    "/binary": (raw(bytes(range(256)) * 40), None, "no valid HTTP"),
    "/short-status": (raw(b"HTTP/1.1 20 " + REASON.encode() + b"\r\n\r\n"), None, "no valid HTTP"),
    "/other-protocol": (raw(b"SSH-2.0-" + BODY.encode() + b"\r\n"), None, "no valid HTTP"),
    "/reset": (reset, None, "the connection was cut"),
    "/reset-in-headers": (reset_in_headers, None, "the connection was cut"),
    "/nothing": (raw(), None, "closed without an answer"),
    "/head-alone": (raw(HEAD), None, ""),
    "/longer": (answer(200, length="2"), 200, None),
    "/shorter": (answer(200, length="1000000"), 200, None),
    "/unicode-reason": (raw(f"HTTP/1.1 200 ✓ {REASON} \x1b[31m\r\n\r\n{BODY}".encode()), 200, None),
    "/no-reason": (raw(b"HTTP/1.1 503\r\n\r\n"), 503, None),
    "/status-in-reason": (raw(b"HTTP/1.1 503 200 OK\r\n\r\n"), 503, None),
    "/down-in-body": (answer(200, body='{"status": "DOWN", "do": "' + BODY + '"}'), 200, None),
    "/interim": (raw(b"HTTP/1.1 103 x\r\nLocation: /y\r\n\r\n" + HEAD + b"\r\n" + BODY.encode()), 200, None),
    "/switch": (raw(b"HTTP/1.1 101 x\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n" + BODY.encode()), 101, None),
    "/type-escapes": (answer(200, "Content-Type: text/\x1b]0;BODY-MARKER\x07"), 200, None),
    "/type-long": (answer(200, "Content-Type: text/" + BODY * 50), 200, None),
    "/nul": (raw(b"HTTP/1.1 200 x\r\nX: a\0b" + BODY.encode() + b"\r\n\r\n"), None, ""),
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, warm_cache):
    """All of them asked at once, in each format: status, output, and what the server sent for each path."""
    plumbline = Plumbline(tmp_path_factory.mktemp("hostile"), cache=warm_cache)
    options = [word for path in HOSTILE for word in ("--path", path)]

    def run(form: str):
        with Server({path: act for path, (act, _, _) in HOSTILE.items()}) as server:
            # The limit of one and a half seconds ends what hangs; the other one would be a failure.
            result = plumbline.run(
                "health", server.url, INSIDE, "--timeout", "1.5s", "--format", form, *options, timeout=60
            )
            return result, {path: server.sent(path) for path in HOSTILE}

    with ThreadPoolExecutor() as pool:
        return dict(zip(FORMATS, pool.map(run, FORMATS)))


@pytest.mark.parametrize("path", HOSTILE)
def test_hostile_answers_are_judged_rightly(hostile, path):
    endpoint = by_path(hostile["json"][0])[path]
    _, status, error = HOSTILE[path]
    if path == "/nul" and endpoint["status"] == 200:
        # Older libraries let it pass.
        return
    assert endpoint["status"] == status
    assert (endpoint["error"] is None) == (error is None)
    assert (error or "") in (endpoint["error"] or "")
    assert endpoint["outcome"] == ("pass" if status and status // 100 == 2 else "fail")
    assert endpoint["content_type"] in (None, "text/plain", "unreadable")


def test_hostile_answers_leave_no_trace_in_the_output(hostile):
    for form, (result, _) in hostile.items():
        assert result.status == 1, (form, result.err)
        for mark in (BODY, REASON, "\x1b", "\x07", "\0", "DOWN", "✓"):
            assert mark not in result.out + result.err, (form, mark)


def test_hostile_answers_take_little(hostile):
    """What the server could send before it was cut off: the heads, and what the kernels hold between the two."""
    for form, (_, counts) in hostile.items():
        # A head ends at 64 KiB, or at the library's own limit of 100 KiB for a line.
        for path in ("/long-header", "/many-headers", "/endless-interim"):
            assert 64 << 10 <= counts[path] <= 256 << 10, (form, path, counts[path])
        for path in ("/endless-body", "/endless-chunks"):
            assert counts[path] <= 128 << 10, (form, path, counts[path])


def test_bodies_are_not_read(plumbline, tmp_path):
    """Counted where the program reads from its sockets."""
    strace = need("strace")
    log = tmp_path / "trace"
    prefix = (strace, "-f", "-qq", "-y", "-o", str(log), "-e", "trace=recvfrom,recvmsg,read")
    if subprocess.run([*prefix, "true"], capture_output=True).returncode != 0:
        pytest.skip("this machine does not allow tracing")
    with Server({"/endless": endless_body}) as server:
        plumbline.ok("health", server.url, INSIDE, "--path", "/endless", "--no-control", prefix=prefix)
    # The first read that holds the head holds at most one buffer of 1 KiB; there is no second one.
    reads = [
        int(found[1])
        for line in log.read_text().splitlines()
        if (found := re.search(r"(?:recvfrom|read)\(\d+<(?:TCP|socket):.*= (\d+)$", line))
    ]
    assert sum(reads) <= 1024, reads
    assert reads, log.read_text()


def test_memory_stays_small(plumbline):
    """As the kernel counts it, in a process whose only child is the probe."""
    measure = (
        "import resource, subprocess, sys;"
        "done = subprocess.run(sys.argv[1:], capture_output=True);"
        "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    paths = {"/a": endless_body, "/b": many_headers, "/c": long_header, "/d": endless_chunks, "/e": endless_interim}
    options = [word for path in paths for word in ("--path", path)]
    with Server(paths) as server:
        done = subprocess.run(
            [sys.executable, "-c", measure, plumbline.executable, "health", server.url, INSIDE, *options],
            capture_output=True, text=True, env=plumbline.env, timeout=60,
        )  # fmt: skip
    status, peak = map(int, done.stdout.split())
    assert status == 1
    unit = 1024 if sys.platform == "linux" else 1
    assert peak * unit < 100 << 20


# MARK: TLS


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> Certificates:
    need("openssl")
    return Certificates(tmp_path_factory.mktemp("certificates"))


def tls(plumbline, context, certificates, *options, paths=None):
    with Server(paths or SOUND, tls=context) as server:
        result = plumbline.run(
            "health", server.url, INSIDE, "--cacert", certificates.authority, "--format", "json", *options
        )
        text = plumbline.run("health", server.url, INSIDE, "--cacert", certificates.authority, *options)
    return result, text


def test_a_trusted_certificate_is_told(shared, certificates):
    context = certificates.signed("good", "IP:127.0.0.1")
    result, text = tls(shared, context, certificates)
    assert (result.status, text.status) == (0, 0), text.out
    live = by_path(result)["/health/live"]
    assert live["tls"]["version"] == "TLSv1.3"
    assert live["tls"]["subject"] == "CN=good" and live["tls"]["issuer"] == "CN=Our Own Authority"
    assert live["tls"]["days_left"] in (19, 20) and live["tls"]["expires"].endswith("Z")
    assert live["tls_ms"] > 0
    assert re.search(r"TLSv1\.3, certificate expires on \d{4}-\d\d-\d\d, (19|20) days from now", text.out)
    assert "note" not in text.out


def test_a_certificate_that_expires_soon_is_noted(shared, certificates):
    soon = time.strftime("%y%m%d%H%M%SZ", time.gmtime(time.time() + 86_400 * 3.5))
    result, text = tls(shared, certificates.signed("soon", "IP:127.0.0.1", "200101000000Z", soon), certificates)
    assert (result.status, text.status) == (0, 0)
    assert "note: the certificate expires in 3 days" in text.out


@pytest.mark.parametrize("kind", ["expired", "early", "self-signed", "other-name", "unknown-issuer"])
def test_a_bad_certificate_is_named(shared, certificates, kind, tmp_path):
    if kind == "expired":
        context, word = certificates.signed(kind, "IP:127.0.0.1", "200101000000Z", "210101000000Z"), "has expired"
    elif kind == "early":
        context, word = certificates.signed(kind, "IP:127.0.0.1", "400101000000Z", "410101000000Z"), "not valid yet"
    elif kind == "self-signed":
        context, word = certificates.self_signed(kind), "not trusted"
    elif kind == "other-name":
        context, word = certificates.signed(kind, "DNS:other.example"), "another name"
    else:
        (tmp_path / "other").mkdir()
        context, word = Certificates(tmp_path / "other").signed(kind, "IP:127.0.0.1"), "not trusted"
    result, text = tls(shared, context, certificates)
    assert result.status == text.status == 3
    errors = {one["error"] for one in target(result)["endpoints"]}
    assert len(errors) == 1 and word in errors.pop()
    assert word in text.out


def test_the_systems_trust_is_not_enough_for_our_own_authority(shared, certificates):
    with Server(SOUND, tls=certificates.signed("private", "IP:127.0.0.1")) as server:
        result = shared.run("health", server.url, INSIDE)
    assert result.status == 3 and "TLS: the certificate is not trusted" in result.out


def test_hostile_bodies_over_tls(shared, certificates):
    context = certificates.signed("hostile", "IP:127.0.0.1")
    paths = {"/endless": endless_body, "/many": many_headers}
    with Server(paths, tls=context) as server:
        options = ("--cacert", certificates.authority, "--path", "/endless", "--path", "/many", "--format", "json")
        result = shared.run("health", server.url, INSIDE, *options)
        assert server.sent("/endless") <= 128 << 10
        assert server.sent("/many") <= 256 << 10
    assert by_path(result)["/endless"]["status"] == 200
    assert by_path(result)["/many"]["error"] == "the headers are too large"
    assert BODY not in result.out


def test_no_tls_where_tls_is_expected(shared, certificates):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # Nobody answers there, but the kernel makes the connection.
        place = f"127.0.0.1:{listener.getsockname()[1]}"
        waiting = shared.run("health", f"https://{place}", INSIDE, "--path", "/x", "--timeout", "400ms", "--no-control")
        assert waiting.status == 3 and "timed out during the TLS handshake" in waiting.out
        threading.Thread(target=lambda: [listener.accept()[0].sendall(BODY.encode()) for _ in range(2)]).start()
        result = shared.run("health", f"https://{place}", INSIDE, "--path", "/x", "--no-control")
        assert result.status == 3 and "TLS: the handshake failed" in result.out and BODY not in result.out
    with Server(SOUND, tls=certificates.signed("plain", "IP:127.0.0.1")) as server:
        result = shared.run("health", f"http://{server.place}", INSIDE)
        assert result.status == 3


def test_a_connection_that_is_never_made(shared):
    if sys.platform != "linux":
        pytest.skip("how long a queue of new connections is differs elsewhere")
    with socket.socket() as listener, contextlib.ExitStack() as others:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        # The queue is full, so that further connections wait.
        for _ in range(4):
            other = others.enter_context(socket.socket())
            other.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                other.connect(listener.getsockname())
        for scheme in ("http", "https"):
            url = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
            result = shared.run("health", url, INSIDE, "--connect-timeout", "300ms", "--path", "/x")
            assert result.status == 3 and "timed out while connecting" in result.out


def test_http_2(shared, certificates, tmp_path):
    node = need("node")
    certificates.signed("http2", "IP:127.0.0.1")
    script = tmp_path / "server.js"
    script.write_text(
        f"""const http2 = require("http2"), fs = require("fs");
const server = http2.createSecureServer({{
  key: fs.readFileSync("{certificates.folder}/http2.key"), cert: fs.readFileSync("{certificates.folder}/http2.pem")
}});
server.on("stream", (stream, headers) => {{
  stream.on("error", () => {{}});
  const status = {{"/health/live": 200, "/health/ready": 503, "/endless": 200}}[headers[":path"]] || 404;
  stream.respond({{":status": status, "content-type": "application/json"}});
  if (headers[":path"] !== "/endless") return stream.end("{BODY}");
  const more = () => {{ while (!stream.destroyed && stream.write("{BODY}".repeat(1000))); }};
  stream.on("drain", more);
  more();
}});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
"""
    )
    server = subprocess.Popen([node, script], stdout=subprocess.PIPE, text=True)
    try:
        port = int(server.stdout.readline())
        url = f"https://127.0.0.1:{port}"
        options = (INSIDE, "--cacert", certificates.authority, "--format", "json")
        result = shared.run("health", url, *options)
        endless = shared.run("health", url, *options, "--path", "/endless")
    finally:
        server.kill()
        server.wait()
    found = by_path(result)
    if found["/health/live"]["http_version"] != "2":
        pytest.skip("this libcurl speaks no HTTP/2")
    assert (found["/health/live"]["outcome"], found["/health/ready"]["outcome"]) == ("pass", "fail")
    assert (found["/health/live"]["status"], found["/health/ready"]["status"]) == (200, 503)
    assert found["/livez"]["outcome"] == "absent"
    assert by_path(endless)["/endless"]["outcome"] == "pass"
    assert BODY not in result.out + endless.out


# MARK: Options


def test_headers_are_sent_and_never_shown(plumbline):
    with Server(SOUND) as server:
        for form in FORMATS:
            result = plumbline.ok(
                "health", server.url, INSIDE, "--header", "Authorization: Bearer hush-hush", "--header", "X-Empty:",
                "--format", form,
            )  # fmt: skip
            assert "hush" not in result.out + result.err
        request = server.requests("/health/live")[0]
        assert b"Authorization: Bearer hush-hush\r\n" in request and b"X-Empty:\r\n" in request
        assert b"User-Agent: plumbline-health/" in request


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "Expected a URL"),
        (("example.com",), "did you mean https://example.com?"),
        (("http://u:hush@h",), "ends up in logs"),
        (("http://h?hush",), "without a query"),
        (("http://h", "http://i:x"), "URL 2"),
        (("-", "http://h"), "no others beside it"),
        (("-",), "there is no URL in it"),
        (("http://h", "--header", "X: a\r\nhush: b"), "control character"),
        (("http://h", "--header", "hush"), "no colon"),
        (("http://h", "--header", "X hush: y"), "the name"),
        (("http://h", "--header", "\u00e9hush: y"), "the name"),
        (("http://h", "--path", "x"), "did you mean /x?"),
        (("http://h", "--path", "/x=alive"), "no class"),
        (("http://h", "--path", "/x=live", "--path", "/x=ready"), "another class"),
        (("http://h", "--timeout", "0"), "out of bounds"),
        (("http://h", "--timeout", "11 min"), "out of bounds"),
        (("http://h", "--timeout", "soon"), "such as 500ms"),
        (("http://h", "--connect-timeout", "5 parsecs"), "--connect-timeout"),
        (("http://h", "--interval", "1ms", "--watch"), "out of bounds"),
        (("http://h", "--count", "3"), "--watch"),
        (("http://h", "--count", "0", "--watch"), "at least 1"),
        (("http://h", "--resolve", "h:80"), "host:port:address"),
        (("http://h", "--resolve", "h:80:other.example"), "host:port:address"),
        (("http://h", "--resolve", "*:80:127.0.0.1"), "host:port:address"),
        (("http://h", "--format", "xml"), "--format"),
    ],
)
def test_bad_usage_is_said(shared, arguments, expected):
    result = shared.run("health", *arguments)
    assert result.status == 2, result.err
    assert expected in result.err and "hush" not in result.err
    assert result.out == ""


def test_a_file_of_certificates_that_is_none(plumbline):
    assert plumbline.run("health", "http://h", "--cacert", "/nowhere.pem").status == 3
    result = plumbline.run("health", "http://h", "--cacert", plumbline.write("ca.pem", "hello"))
    assert result.status == 2 and "no certificate in it" in result.err


def test_metrics_can_be_read_line_by_line(plumbline):
    with Server(SOUND) as server:
        out = plumbline.ok("health", server.url, INSIDE, "--format", "prometheus").out
    for line in out.splitlines():
        assert re.fullmatch(
            r"# (HELP|TYPE) plumbline_health_[a-z_]+ .+|plumbline_health_[a-z_]+\{([a-z]+=\"[^\"\\]*\",?)+\} [0-9.]+", line
        ), line
    assert f'plumbline_health_healthy{{target="{server.url}"}} 1' in out


def test_without_libcurl(plumbline):
    """Empty files are laid over the library."""
    listed = subprocess.run(["sh", "-c", "/sbin/ldconfig -p"], capture_output=True, text=True).stdout
    libraries = [os.path.realpath(path) for path in re.findall(r"libcurl[^ ]*\.so\.4 .*=> (\S+)", listed)]
    if not libraries:
        pytest.skip("the libraries of this machine cannot be listed")
    cover = 'for f in $1; do mount --bind /dev/null "$f" || exit 99; done; shift; exec "$@"'
    root = () if os.geteuid() == 0 else ("--map-root-user",)
    prefix = (need("unshare"), *root, "--mount", "sh", "-c", cover, "sh", " ".join(libraries))
    if subprocess.run([*prefix, "true"], capture_output=True).returncode != 0:
        pytest.skip("this machine does not allow mount namespaces")
    result = plumbline.run("health", "https://example.com", prefix=prefix)
    assert result.status == 3 and result.out == ""
    assert "libcurl is not installed" in result.err and "apt-get install libcurl4" in result.err
    # All else goes on without it.
    assert plumbline.run("--version", prefix=prefix).status == 0


def test_many_targets(plumbline):
    with Server(SOUND) as server:
        typed = "".join(f"{server.url}/{n}\n" for n in range(60))
        server.otherwise = answer(200)
        result = plumbline.run(
            "health", "-", INSIDE, "--path", "/health/live", "--no-control", "--format", "json", stdin=typed
        )
    assert result.status == 0
    assert [one["base"] for one in result.json["targets"]] == typed.split()
    assert len(server.connections) == 60


# MARK: Again and again


def test_rounds_elsewhere_than_on_a_terminal(plumbline):
    with Server(SOUND) as server:
        watch = ("health", server.url, INSIDE, "--watch", "--interval", "100ms", "--count", "2")
        rounds = plumbline.ok(*watch, "--format", "json").lines
        text = plumbline.ok(*watch).out
        server.paths["/health/ready"] = answer(503)
        failing = plumbline.run(*watch, "--format", "json")
    assert [one["round"] for one in rounds] == [1, 2]
    assert [one["targets"][0]["verdict"] for one in rounds] == ["healthy", "healthy"]
    assert text.startswith("Round 1\n\n") and "\n\nRound 2\n\n" in text and "\x1b" not in text
    assert failing.status == 1


def test_an_interrupt_ends_it(plumbline):
    with Server({}, otherwise=silence) as server:
        for options in ((), ("--watch",)):
            count = len(server.connections)
            child = subprocess.Popen(
                [plumbline.executable, "health", server.url, INSIDE, *options], env=plumbline.env,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
            while len(server.connections) == count:
                time.sleep(0.01)
            child.send_signal(signal.SIGINT)
            out, _ = child.communicate(timeout=20)
            assert (child.returncode, out) == (130, b"")


#: Prints how it ended, and whether the terminal is as it was.
AROUND = 'echo "BEFORE $(stty -g)"; "$@"; status=$?; echo "AFTER $(stty -g)"; echo "STATUS $status"'


def on_terminal(plumbline, *arguments, size=(24, 100), env=None) -> Terminal:
    return Terminal(
        ["/bin/sh", "-c", AROUND, "sh", str(plumbline.executable), "health", *map(str, arguments)],
        env=plumbline.environment(env), cwd=plumbline.folder, size=size,
    )  # fmt: skip


def ended(terminal: Terminal) -> int:
    written = terminal.finish()
    before, after = re.search(r"BEFORE (\S+)", written), re.search(r"AFTER (\S+)", written)
    assert before and after and before[1] == after[1], "the terminal is not as it was"
    assert not terminal.screen.cursor.hidden
    return int(re.search(r"STATUS (\d+)", written)[1])


def test_a_live_table(plumbline):
    with Server(SOUND) as server:
        with on_terminal(plumbline, server.url, INSIDE, "--watch", "--interval", "200ms") as terminal:
            terminal.wait("round 2, healthy in 2;")
            server.paths["/health/ready"] = answer(503)
            terminal.wait(f"{server.url}: degraded")
            terminal.resize(24, 60)
            terminal.wait("fail ready /health/ready 503 in")
            server.paths["/health/ready"] = answer(200)
            terminal.wait(f"{server.url}: healthy")
            assert "\n".join(terminal.lines()).count("q ends") == 1, terminal
            terminal.press("q")
            # Not every round was healthy.
            assert ended(terminal) == 1
            shown = "\n".join(terminal.lines())
    assert f"{server.url}: healthy" in shown and "q ends" not in shown


@pytest.mark.parametrize("how", ["key", "signal", "while-asking"])
def test_a_live_table_is_interrupted(plumbline, how):
    with Server(SOUND, otherwise=silence if how == "while-asking" else answer(404)) as server:
        with on_terminal(plumbline, server.url, INSIDE, "--watch") as terminal:
            terminal.wait("asking …" if how == "while-asking" else "next in")
            if how == "signal":
                children = f"/proc/{terminal.child.pid}/task/{terminal.child.pid}/children"
                [pid] = open(children).read().split()
                os.kill(int(pid), signal.SIGINT)
            else:
                terminal.press("\x03")
            assert ended(terminal) == 130


def test_many_targets_on_a_small_terminal(plumbline):
    with Server(SOUND) as server:
        urls = [f"{server.url}/{n}" for n in range(30)]
        with on_terminal(plumbline, *urls, INSIDE, "--watch", "--count", "1", "--path", "/x", size=(10, 80)) as terminal:
            assert ended(terminal) == 1
            assert urls[29] in "\n".join(terminal.history())


def test_colour_only_on_a_terminal(plumbline):
    with Server(SOUND) as server:
        for env, options, is_colored in (
            ({}, (), True), ({"NO_COLOR": "1"}, (), False), ({"TERM": "dumb"}, (), False), ({}, ("--no-color",), False),
        ):  # fmt: skip
            with on_terminal(plumbline, server.url, INSIDE, *options, env=env) as terminal:
                assert ended(terminal) == 0
                assert (b"\x1b[" in terminal.raw) == is_colored
        assert "\x1b" not in plumbline.ok("health", server.url, INSIDE).out
