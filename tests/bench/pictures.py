"""`make pictures`: the pictures in the README, of the real page with the real model's answer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import CHROMIUM_ARGUMENTS, DESKTOP, PHONE, READY, ask, wait_for_answer
from tools import model
from tools.places import ROOT
from tools.serve import PageServer

FOLDER = Path(__file__).parent / "pictures"
QUESTIONS = ("Write three sentences about rivers.", "Explain in a few words why the sea is salty.")


def take(browser: Browser, address: str, scheme: Literal["light", "dark"], is_phone: bool) -> None:
    """Ask two questions and take the picture while the second answer is written."""
    context = browser.new_context(
        viewport=PHONE if is_phone else DESKTOP, color_scheme=scheme, is_mobile=is_phone
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(READY)
    ask(page, QUESTIONS[0])
    wait_for_answer(page)
    ask(page, QUESTIONS[1])
    page.wait_for_selector(".exchange:nth-child(2) .answer[data-phase=streaming]")
    page.wait_for_timeout(250)
    size = "phone" if is_phone else "desktop"
    page.screenshot(path=FOLDER / f"{size}-{scheme}.png")
    context.close()


def main() -> None:
    """Take them all."""
    FOLDER.mkdir(exist_ok=True)
    server = model.start()
    page = PageServer(ROOT, overrides={"endpoint": f"{server.address}/v1"})
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["THALWEG_CHROMIUM"], args=CHROMIUM_ARGUMENTS
        )
        take(browser, page.address, "light", is_phone=False)
        take(browser, page.address, "dark", is_phone=False)
        take(browser, page.address, "light", is_phone=True)
        take(browser, page.address, "dark", is_phone=True)
        browser.close()
    page.close()
    server.stop()
    print(f"The pictures are in {FOLDER.relative_to(ROOT)}/.")


if __name__ == "__main__":
    main()
