"""What the page health-probe claims: a verdict for each class, exit statuses as described, no redirect followed, no body
read or shown."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

NEEDS = {"node"}

# Services below one address, each with a prefix of its own; and how much of the endless body was taken.
SERVICES = """
import express from 'express'

const hits = {}
const app = express()
app.disable('x-powered-by')
app.use((request, response, next) => { hits[request.path] = (hits[request.path] ?? 0) + 1; next() })
const service = (prefix, answers, otherwise = 404) => app.use(`/${prefix}`, (request, response) => {
  const answer = answers[request.path] ?? otherwise
  if (typeof answer === 'function') return answer(request, response)
  response.status(answer).type('text/plain; charset=utf-8').send('SECRET BODY')
})
const both = { '/health/live': 200, '/health/ready': 204 }
service('good', both)
service('old', { '/livez': 200, '/readyz': 200, '/health': 200 })
service('starting', { '/health/live': 200, '/health/ready': 503 })
service('hidden', { ...both, '/healthz': 500 })
service('mixed', { ...both, '/livez': 500 })
service('joint', { '/health': 200 })
service('moved', { ...both, '/health/ready': (request, response) => response.redirect(302, '/good/health/ready') })
service('locked', { ...both, '/health/ready': 401 })
service('gate', both, 401)
service('page', both, 200)
service('own', { '/alive': 200, '/set': 200 })
service('rude', { ...both, '/health/live': (request, response) => {
  response.set('Content-Type', 'text/html; a="b|c\\u00e9\\u0080"; charset=utf-8').status(200).send('SECRET BODY') } })
let sent = 0
service('endless', { '/health/ready': 200, '/health/live': (request, response) => {
  response.status(200).type('text/plain')
  const more = () => {
    do {
      if ((sent += 65536) > 30_000_000 || response.destroyed) return response.end()
    } while (response.write('x'.repeat(65536)))
  }
  response.on('drain', more)
  more()
} })
app.get('/told', (request, response) => response.json({ hits, sent }))
app.listen(process.env.PORT, '127.0.0.1')
"""


def scenario(blocks, tools):
    with tempfile.TemporaryDirectory() as folder, tools.node.start({"main.mjs": SERVICES}, "main.mjs") as server:
        script = Path(folder, "health-probe.sh")
        script.write_text(blocks["health-probe.sh"])
        # A configuration of curl's that would follow redirects, and a proxy that is not there, must not matter.
        Path(folder, ".curlrc").write_text("location\nuser-agent = other\n")

        def probe(*arguments):
            env = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8"}
            done = subprocess.run(
                ["bash", str(script), *arguments], capture_output=True, text=True, errors="replace", timeout=30, env=env
            )
            assert "SECRET" not in done.stdout + done.stderr, "the body is shown"
            return done

        def verdicts(prefix, *arguments):
            done = probe(f"{server.url}/{prefix}", *arguments)
            lines = [line[2:].split(": ", 1) for line in done.stdout.splitlines() if line.startswith("* ")]
            assert done.returncode in (0, 1) and len(lines) >= 3, (done.returncode, done.stdout, done.stderr)
            return done.returncode, {line[0]: line[-1] for line in lines}, done.stdout

        usage_is_checked(probe)
        classes_are_judged_apart(verdicts)
        nothing_is_followed_or_read(verdicts, server)
        nobody_answers(probe)
        an_address_of_ipv6_will_do(probe)


def usage_is_checked(probe):
    assert probe("--help").returncode == 0 and "usage:" in probe("--help").stdout
    for wrong in ([], ["localhost"], ["ftp://host/"], ["http://user:word@host/"], ["http://host/?q=1"], ["http://ho st/"],
                  ["file:///etc/passwd"], ["http://host", "live"], ["http://host", "alive=/x"], ["http://host", "live=x"],
                  ["http://host/$(id)"], ["-K", "http://host"]):  # fmt: skip
        done = probe(*wrong)
        assert done.returncode == 2 and not done.stdout and done.stderr, (wrong, done)


def classes_are_judged_apart(verdicts):
    for prefix, expected in {
        "good": (0, "ok", "ok", "none"),
        "good/": (0, "ok", "ok", "none"),
        "old": (0, "ok", "ok", "ok"),
        "gate": (0, "ok", "ok", "none"),
        "starting": (1, "ok", "failing (503 at /health/ready)", "none"),
        "hidden": (1, "ok", "ok", "failing (500 at /healthz)"),
        "mixed": (1, "failing (500 at /livez)", "ok", "none"),
        "joint": (1, "missing", "missing", "ok"),
        "locked": (1, "ok", "failing (401 at /health/ready)", "none"),
        "nowhere": (1, "missing", "missing", "none"),
    }.items():
        code, said, text = verdicts(prefix)
        assert (code, said["live"], said["ready"], said["other"]) == expected, (prefix, text)
    code, said, text = verdicts("page")
    assert code == 1 and "none of this means anything" in text, text
    assert verdicts("own", "live=/alive", "ready=/set")[0] == 0
    lines = verdicts("good")[2].splitlines()
    assert lines[0].startswith("# Health of http://127.0.0.1:") and lines[2] == "| class | path | status | time (ms) | content type |"
    row = [cell.strip() for cell in lines[4].strip("|").split("|")]
    assert row[:3] == ["live", "/health/live", "200"] and row[3].isdigit() and row[4] == "text/plain; charset=utf-8", row


def nothing_is_followed_or_read(verdicts, server):
    from executed._http import ask

    before = ask(f"{server.url}/told").json["hits"]["/good/health/ready"]
    code, said, text = verdicts("moved")
    assert code == 1 and said["ready"] == "failing (302 at /health/ready)", text
    assert ask(f"{server.url}/told").json["hits"]["/good/health/ready"] == before, "the redirect was followed"
    code, _, text = verdicts("rude")
    row = next(line for line in text.splitlines() if "/health/live" in line)
    assert code == 0 and row.count("|") == 6 and row.isascii() and row.isprintable(), row
    began = time.monotonic()
    code, said, text = verdicts("endless")
    assert code == 0 and said["live"] == "ok", text
    assert time.monotonic() - began < 5 and ask(f"{server.url}/told").json["sent"] < 10_000_000, "the body is read"


def nobody_answers(probe):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        done = probe(f"http://127.0.0.1:{closed.getsockname()[1]}")
    assert done.returncode == 3 and "no answer" in done.stdout, done


def an_address_of_ipv6_will_do(probe):
    try:
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        return  # no IPv6 here

    def answer():
        for _ in range(3):
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with server:
        threading.Thread(target=answer, daemon=True).start()
        done = probe(f"http://[::1]:{server.getsockname()[1]}/a_b", "live=/l", "ready=/r")
        assert done.returncode == 1 and "* live: missing" in done.stdout, (done.stdout, done.stderr)


FAULTS = [
    ("health-probe.sh", "live=/health/live ready=/health/ready", "", "the guide's own paths are not asked for"),
    ("health-probe.sh", "curl -q --silent", "curl --silent", "a configuration file makes it follow redirects"),
    ("health-probe.sh", "sink=/dev/full", "sink=/dev/null", "an endless body is read"),
    ("health-probe.sh", "[[ $base =~ $url ]] ||", "true ||", "anything is an address"),
    ("health-probe.sh", 'type=${type//[^A-Za-z0-9\\/;=+._\\" -]/}', "", "headers of the far side are shown as they are"),
    ("health-probe.sh", "2??) good=1 ;;", "2??) good=1; break ;;", "one 200 hides what fails behind it"),
    ("health-probe.sh", "2??) good=1 ;;", "200) good=1 ;;", "204 is no success"),
    ("health-probe.sh", "echo '* nobody answers'; exit 3;", "echo '* nobody answers'; exit 1;", "silence looks like a finding"),
    ("health-probe.sh", "findings=1 ;;\nesac", ";;\nesac", "a start page for every path is taken for health"),
]
