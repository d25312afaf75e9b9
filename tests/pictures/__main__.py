"""`python -m tests.pictures` makes the demo, starts the service, takes the README's pictures, in French."""

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from supply import clock
from supply.app import create_app
from supply.demo.making import make
from supply.demo.staff import AUDITOR, KEEPERS, LEAD, OFFICER, PASSWORD
from supply.settings import Settings
from tests.pictures.lightening import lighter
from tests.servers import CHROMIUM_OPTIONS, find_chromium, serving

FOLDER = Path(__file__).parent
MOST_BYTES = 150_000
# The README is read on slow networks too.
PHONE, DESK = 360, 1280
FRENCH_DAYS = """() => {
    for (const one of document.querySelectorAll("input[type=date]")) {
        const day = one.value.split("-").reverse().join("/");
        one.type = "text";
        one.value = day;
    }
}"""
# Debian's Chromium without its translations shows days as in English, which no reader of the pages will see.


def main() -> int:
    """Write the pictures; 1 when one is too heavy or there is no Chromium."""
    chromium = find_chromium()
    if chromium is None:
        print("No Chromium starts here. Run  python3 -m tests  or  sudo apt-get install chromium")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/demo.sqlite"
        now = clock.now()
        make(url, today=clock.day_of(now), now=now, say=print)
        app = create_app(Settings(database_url=url, scheduler_in_process=False))
        with serving(app) as address, sync_playwright() as playwright:
            options = [*CHROMIUM_OPTIONS, "--lang=fr-FR", "--hide-scrollbars"]
            browser = playwright.chromium.launch(executable_path=chromium, args=options)
            _take_all(browser, address)
            browser.close()
    sizes = {path.name: path.stat().st_size for path in sorted(FOLDER.glob("*.png"))}
    for name, size in sizes.items():
        print(f"{size / 1000:7.1f} kB  {name}")
    return int(any(size > MOST_BYTES for size in sizes.values()))


def _take_all(browser: Browser, address: str) -> None:
    keeper = KEEPERS["SEVARE"]
    _take(browser, address, "keeper-today", login=keeper, width=PHONE, height=1000, go=_stay)
    _take(browser, address, "stock-card", login=keeper, width=PHONE, height=1100, go=_to_card)
    # Which store has a truck on the road follows from the plan; the officer may receive for each.
    _take(browser, address, "arrival", login=OFFICER, width=PHONE, height=900, go=_to_arrival)
    _take(browser, address, "plan", login=OFFICER, width=DESK, height=1150, go=_to_plan)
    _take(browser, address, "coverage", login=LEAD, width=DESK, height=1200, go=_to_coverage)
    _take(browser, address, "audit", login=AUDITOR, width=DESK, height=800, go=_to_audit)


def _take(
    browser: Browser,
    address: str,
    name: str,
    *,
    login: str,
    width: int,
    height: int,
    go: Callable[[Page], object],
) -> None:
    """One picture of the screen at which `go` arrives from the first one."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="fr-FR", base_url=address, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/login")
    page.locator('[name="login"]').fill(login)
    page.locator('[name="password"]').fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    page.get_by_role("heading", name="Bonjour").wait_for()
    go(page)
    page.evaluate(FRENCH_DAYS)
    taken = page.screenshot(animations="disabled")
    page.goto("about:blank")
    (FOLDER / f"{name}.png").write_bytes(lighter(page, taken))
    context.close()


def _stay(page: Page) -> None:
    page.goto("/")


def _to_card(page: Page) -> None:
    page.goto("/inventory/stock?place=SEVARE")
    page.locator('main a[href^="/inventory/cards/SEVARE/"]').first.click()
    page.get_by_role("heading", name="Fiche de stock").wait_for()


def _to_arrival(page: Page) -> None:
    page.goto("/routing")
    page.locator("main .wait a").filter(has_text=re.compile("Lettre de voiture")).first.click()
    sent = page.locator('[name^="good-"]').first
    sent.fill(str(int(sent.input_value()) - 2))
    page.locator('[name^="damaged-"]').first.fill("1")
    page.locator('[name^="missing-"]').first.fill("1")
    page.locator("h1").click()


def _to_plan(page: Page) -> None:
    page.goto("/routing")
    page.locator('main a[href^="/routing/plans/"]').first.click()
    page.get_by_role("heading", name="Plan de livraison").wait_for()


def _to_coverage(page: Page) -> None:
    page.goto("/coverage")


def _to_audit(page: Page) -> None:
    page.goto("/audit")


if __name__ == "__main__":
    sys.exit(main())
