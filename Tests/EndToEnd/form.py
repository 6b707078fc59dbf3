"""A checklist's page as a form in a browser."""

from __future__ import annotations

import json
from pathlib import Path


class Form:
    """The page as a person uses it."""

    def __init__(self, session, page: Path | str):
        self.session = session
        session.get_log("browser")
        session.get(page if isinstance(page, str) else page.as_uri())

    def find(self, selector: str):
        return self.session.find_element("css selector", selector)

    def box(self, id: str):
        return self.find(f"li[data-item='{id}'] input[type=checkbox]")

    def press(self, selector: str):
        element = self.find(selector)
        self.session.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
        element.click()

    def tick(self, id: str):
        self.press(f"li[data-item='{id}'] label strong")

    def fill(self, id: str, text: str):
        """As typed or pasted."""
        self.session.execute_script(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
            self.find(f"#{id}"), text,
        )  # fmt: skip

    def open_tools(self):
        self.session.execute_script("document.querySelector('.tools details').open = true")

    def button(self, value: str):
        self.open_tools()
        self.press(f"button[value='{value}']")

    @property
    def text(self) -> str:
        return self.find("#checklist-text").get_property("value")

    @property
    def status(self) -> str:
        return self.find("#checklist-status").text

    @property
    def tally(self) -> str:
        return self.find("#checklist-tally").text

    def written(self, format: str) -> str:
        """What `Copy as …` puts into the text field."""
        self.button(f"copy-{format}")
        for _ in range(50):
            if self.status:
                break
        return self.text

    @property
    def state(self) -> dict:
        return {item["id"]: item for item in json.loads(self.written("json"))["items"]}

    def read(self, text: str) -> str:
        self.open_tools()
        self.session.execute_script("arguments[0].value = arguments[1]", self.find("#checklist-text"), text)
        self.button("read")
        return self.status

    def reset(self):
        self.button("reset")
        self.session.switch_to.alert.accept()

    def forget(self):
        self.session.execute_script("localStorage.clear()")
        self.session.refresh()

    def expect_quiet(self):
        assert [entry["message"] for entry in self.session.get_log("browser")] == []
