"""Takes the screenshots of docs/screens.json from a running server: bin/screenshots.

Each entry: name, login (its password is the same), path; and, where a screen needs it,
`click` (selectors clicked in turn), `wait` (a selector), `widths` (default both)."""

import json
import sys
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

DOCS = Path(__file__).resolve().parents[2] / "docs"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SIZES = {1400: 900, 390: 844}


def main(url: str, prefixes: list[str]) -> int:
    screens = json.loads((DOCS / "screens.json").read_text())
    if prefixes:
        screens = [s for s in screens if s["name"].startswith(tuple(prefixes))]
    (DOCS / "images").mkdir(exist_ok=True)
    faults: list[str] = []

    def note(error: Error) -> None:
        faults.append(str(error))

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for width, height in SIZES.items():
            for login in dict.fromkeys(screen["login"] for screen in screens):
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    locale="zh-CN",
                    has_touch=width < 600,
                )
                page = context.new_page()
                page.on("pageerror", note)
                log_in(page, url, login)
                for screen in screens:
                    if screen["login"] == login and width in screen.get(
                        "widths", SIZES
                    ):
                        faults += shoot(page, url, screen, width)
                context.close()
    for fault in faults:
        print(f"screenshots: {fault}")
    return bool(faults)


def log_in(page: Page, url: str, login: str) -> None:
    page.goto(f"{url}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_web_client .o_main_navbar, .o_portal", timeout=60_000)


def shoot(page: Page, url: str, screen: dict, width: int) -> list[str]:
    name = f"{screen['name']}-{width}"
    try:
        page.goto(url + screen["path"])
        page.wait_for_selector(screen.get("wait", ".o_content"), timeout=30_000)
        for selector in screen.get("click", []):
            page.click(selector, timeout=10_000)
        # Let avatars, fonts and animations settle: nothing in the page says when.
        page.wait_for_timeout(1_500)
        page.screenshot(path=DOCS / "images" / f"{name}.png")
    except Error as error:
        return [f"{name}: {str(error).splitlines()[0]}"]
    print(f"screenshots: docs/images/{name}.png", flush=True)
    return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
