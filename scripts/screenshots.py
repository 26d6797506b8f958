"""Write the pictures of the documentation: a demo on a free port, headless Chromium, small PNG files in docs/images/.

.venv/bin/python scripts/screenshots.py [NAME ...]
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import httpx  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from tests.browser.chromium import FLAGS, executable  # noqa: E402

IMAGES = ROOT / "docs/images"
COMMAND = Path(sys.executable).with_name("admitone")
ADDRESS = "https://book.example.com"  # what the pictures show; the browser goes to this machine
LIMIT, ALL = 150_000, 600_000  # bytes


@dataclass(frozen=True)
class Scene:
    """A running demo: `home` is where the server listens, `demo` what `admitone demo --json` said."""

    browser: Browser
    home: str
    demo: dict[str, str]

    def page(self, *, width: int = 1280, height: int = 860, dark: bool = False, scale: float = 1) -> Page:
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            device_scale_factor=scale,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    def local(self, url: str) -> str:
        return url.replace(ADDRESS, self.home)

    @property
    def token(self) -> str:
        return self.demo["one_time_url"].rsplit("/", 1)[1]

    def signed_in(self, **size: int) -> Page:
        page = self.page(**size)
        page.goto(f"{self.home}/accounts/login/")
        page.get_by_label("Email").fill(self.demo["email"])
        page.get_by_label("Password", exact=True).fill(self.demo["password"])
        page.keyboard.press("Enter")
        page.wait_for_url("**/app/**")
        return page

    def new_link(self, **terms: Any) -> str:
        """A fresh one-time link of the demo's calendar."""
        answer = httpx.post(
            f"{self.home}/api/v1/one-time-links",
            headers={"Authorization": f"Bearer {self.demo['api_key']}"},
            json={"calendar": self.demo["calendar_id"], **terms},
            trust_env=False,
        ).raise_for_status()
        return self.local(str(answer.json()["url"]))

    def book(self, url: str) -> None:
        """Use the link as a guest's program would."""
        api = f"{self.home}/api/v1/public/links/{url.rsplit('/', 1)[1]}"
        free = httpx.get(f"{api}/slots", trust_env=False).raise_for_status().json()["slots"]
        guest = {
            "start": free[1]["start"],
            "name": "Mia Winter",
            "email": "mia@guest.example",
            "timezone": "Europe/Berlin",
        }
        httpx.post(f"{api}/bookings", json=guest, trust_env=False).raise_for_status()


def booking(scene: Scene) -> bytes:
    page = scene.page(height=980)
    page.goto(scene.local(scene.demo["one_time_url"]))
    page.locator("label:has(input[type=radio])").nth(3).click()
    page.get_by_label("Your name").fill("Mia Winter")
    page.get_by_label("Email").fill("mia.winter@guest.example")
    return page.screenshot(full_page=True)


def phone(scene: Scene) -> bytes:
    page = scene.page(width=390, height=844, dark=True, scale=1.5)
    page.goto(scene.local(scene.demo["one_time_url"]))
    return page.screenshot()


def share(scene: Scene) -> bytes:
    page = scene.signed_in()
    page.goto(f"{scene.home}/app/{scene.demo['account']}/calendars/{scene.demo['calendar_id']}/")
    page.get_by_role("link", name="Share").or_(page.get_by_role("button", name="Share")).first.click()
    page.get_by_role("tab", name="One-Time link").click()
    page.get_by_role("button", name="Copy one-time link").click()
    page.get_by_role("button", name="Generate new link").wait_for()
    page.wait_for_timeout(500)
    return page.screenshot()


def links(scene: Scene) -> bytes:
    page = scene.signed_in()
    page.goto(f"{scene.home}/app/{scene.demo['account']}/links/?status=all")
    return page.screenshot()


def used(scene: Scene) -> bytes:
    url = scene.new_link(label="Follow-up")
    scene.book(url)
    page = scene.page(width=1000, height=760)
    page.goto(url)
    page.get_by_text("Ask for a new link").first.click()
    return page.screenshot(full_page=True)


#: In this order: the dialog shows a link that nobody has opened yet, the list one that has just been used.
PICTURES: dict[str, Callable[[Scene], bytes]] = {
    "share": share,
    "booking": booking,
    "phone-dark": phone,
    "used": used,
    "links": links,
}


def main() -> None:
    wanted = sys.argv[1:] or list(PICTURES)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with running() as (home, demo), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        scene = Scene(browser, home, demo)
        for name in wanted:
            small = shrunk(PICTURES[name](scene))
            (IMAGES / f"{name}.png").write_bytes(small)
            sys.stdout.write(f"docs/images/{name}.png {len(small):,} bytes\n")
            if len(small) > LIMIT:
                raise SystemExit(f"{name} is larger than {LIMIT:,} bytes")
        browser.close()
    if sum(path.stat().st_size for path in IMAGES.glob("*.png")) > ALL:
        raise SystemExit(f"the pictures together are larger than {ALL:,} bytes")


@contextmanager
def running() -> Iterator[tuple[str, dict[str, str]]]:
    """A demo in a folder that is thrown away; SystemExit when it does not come up."""
    with tempfile.TemporaryDirectory(prefix="admitone-pictures-") as folder:
        port = free_port()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ADMITONE_")}
        # A mail server is named, so that no banner says that mail is kept; nothing listens there.
        names = {"DATA_DIR": folder, "BASE_URL": ADDRESS, "SMTP_URL": "smtp://127.0.0.1:1"}
        env = {**clean, **{f"ADMITONE_{name}": value for name, value in names.items()}}
        demo = json.loads(subprocess.check_output([COMMAND, "demo", "--json"], env=env))  # noqa: S603 - our own command
        with (Path(folder) / "log").open("wb") as log:
            server = subprocess.Popen([COMMAND, "serve", "--port", str(port)], env=env, stdout=log, stderr=log)  # noqa: S603
            try:
                wait_until_ready(home := f"http://127.0.0.1:{port}", server, Path(folder) / "log")
                yield home, demo
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(30)


def wait_until_ready(home: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            if httpx.get(f"{home}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"The demo did not come up:\n{log.read_text(errors='replace')[-2000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def shrunk(png: bytes) -> bytes:
    """The same picture with a palette of 128 colours."""
    out = BytesIO()
    image = Image.open(BytesIO(png)).convert("RGB")
    image.quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main()
