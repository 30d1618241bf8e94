"""A page in headless Chromium, by the WebDriver protocol: what it shows, logs and asks for."""

import base64
import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DRIVER = shutil.which("chromedriver")
BROWSER = shutil.which("chromium")
_ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
)  # fmt: skip


class Browser:
    """One session of a browser."""

    def __init__(self, address: str, profile: Path) -> None:
        options = {"binary": BROWSER, "args": [*_ARGUMENTS, f"--user-data-dir={profile}"]}
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        self._address = f"{address}/session"
        session = self._call("POST", "", {"capabilities": {"alwaysMatch": wanted}})
        self._address += f"/{session['sessionId']}"

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self._address + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, page: Path) -> None:
        """Open a page from the disk; what the browser did before is forgotten."""
        self._call("POST", "/url", {"url": "about:blank"})
        self.requests()
        self._call("POST", "/url", {"url": page.as_uri()})

    def run(self, script: str) -> Any:
        """Run a script in the page, and return what it returns."""
        return self._call("POST", "/execute/sync", {"script": script, "args": []})

    def printed(self) -> bytes:
        """The page as it would be printed, as PDF."""
        return base64.b64decode(self._call("POST", "/print", {}))

    def console(self) -> list[str]:
        """What the page has logged."""
        return [entry["message"] for entry in self._call("POST", "/se/log", {"type": "browser"})]

    def requests(self) -> list[str]:
        """Every address that the page has asked for, itself included."""
        entries = self._call("POST", "/se/log", {"type": "performance"})
        messages = [json.loads(entry["message"])["message"] for entry in entries]
        return [each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent"]

    def close(self) -> None:
        """End the session, and the browser with it."""
        self._call("DELETE", "")


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser with a profile of its own in a folder."""
    with subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as driver:
        try:
            line = next(each for each in driver.stdout if "started successfully on port" in each)
            port = "".join(filter(str.isdigit, line.rsplit("port", 1)[1]))
            session = Browser(f"http://127.0.0.1:{port}", folder / "profile")
            try:
                yield session
            finally:
                session.close()
        finally:
            driver.terminate()
