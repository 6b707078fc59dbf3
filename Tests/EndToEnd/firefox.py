"""Firefox without a driver: what WebDriver BiDi offers over its remote-debugging port, as little as the tests need."""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from rig import need

PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "ui.prefersReducedMotion": 1,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}


class Firefox:
    """One tab. Events are kept until they are asked for."""

    def __init__(self, address: str):
        import websocket

        self.events: list[dict] = []
        self._count = 0
        # Firefox takes no connection that comes from a page, and so none that names an origin.
        self._socket = websocket.create_connection(f"{address}/session", suppress_origin=True, timeout=60)
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        # The first window of a headless Firefox never becomes the active one, and only there :focus holds.
        self.tab = self.call("browsingContext.create", type="window")["context"]

    def call(self, method: str, **parameters) -> dict:
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("type") == "event":
                self.events.append(message)
            elif message.get("id") == self._count:
                assert message["type"] == "success", f"{method}: {message}"
                return message["result"]

    def close(self) -> None:
        self._socket.close()

    def open(self, address: str) -> None:
        self.call("browsingContext.navigate", context=self.tab, url=address, wait="complete")

    def size(self, width: int, height: int) -> None:
        self.call("browsingContext.setViewport", context=self.tab, viewport={"width": width, "height": height})

    def before_each_page(self, function: str) -> None:
        self.call("script.addPreloadScript", functionDeclaration=function)

    def run(self, expression: str):
        """The value of an expression, a promise awaited, as it goes through JSON."""
        answer = self.call(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self.tab},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"])

    def inject(self, script: str) -> None:
        """Runs a script for what it defines."""
        self.call("script.evaluate", expression=f"{script}; null", target={"context": self.tab}, awaitPromise=False)

    def press(self, *keys: str) -> None:
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.call(
            "input.performActions", context=self.tab, actions=[{"type": "key", "id": "keyboard", "actions": actions}]
        )

    def take(self) -> tuple[list[str], list[str]]:
        """What the console has said and what has been asked for since the last time."""
        self.run("null")
        events, self.events = self.events, []
        console = [e["params"].get("text") or "" for e in events if e["method"] == "log.entryAdded"]
        asked = [e["params"]["request"]["url"] for e in events if e["method"] == "network.beforeRequestSent"]
        return console, asked


@contextmanager
def firefox(*, dark: bool, javascript: bool = True):
    """A headless Firefox with a profile of its own."""
    executable = need("firefox-esr")
    profile = Path(tempfile.mkdtemp(prefix="plumbline-firefox-"))
    preferences = {
        **PREFERENCES,
        "javascript.enabled": javascript,
        "layout.css.prefers-color-scheme.content-override": 0 if dark else 1,
    }
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items())
    (profile / "user.js").write_text("".join(lines))
    process = subprocess.Popen(
        [executable, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0", "about:blank"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "HOME": str(profile), "MOZ_CRASHREPORTER_DISABLE": "1"},
    )  # fmt: skip
    found: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in process.stderr:
            if match := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                found.put(match[1])

    threading.Thread(target=read, daemon=True).start()
    session = None
    try:
        session = Firefox(found.get(timeout=120))
        yield session
    finally:
        if session:
            session.close()
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        # Its helper processes may write for a moment longer.
        for _ in range(10):
            shutil.rmtree(profile, ignore_errors=True)
            if not profile.exists():
                break
            time.sleep(0.2)
