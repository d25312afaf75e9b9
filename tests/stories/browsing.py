"""A person at a screen: opens pages, follows links, fills forms, presses buttons, reads what is told.

Everything that a page does behind the person's back is watched: errors on the console, refused resources,
requests to anywhere but the service.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response, expect

from tests.world import PASSWORD

PATIENCE_MS = 30_000
# For one thing to appear; the machine may be shared with the rest of the test run.
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
HERE = "127.0.0.1"
REFUSED_FORM = re.compile(r"status of (409|422)\b")
# Chromium writes every answer above 399 on the console; a form that comes back with its faults is meant to.


class Person:
    """One user with a browser of their own, in French."""

    def __init__(
        self, browser: Browser, address: str, *, size: dict[str, int] = DESK, has_javascript: bool = True
    ) -> None:
        self.address = address
        self.faults: list[str] = []
        self.context = browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            locale="fr-FR",
            has_touch=size == PHONE,
            java_script_enabled=has_javascript,
        )
        self.context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.context.on("request", self._watch)
        self.context.on("response", self._judge)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not REFUSED_FORM.search(message.text):
            self.faults.append(f"console: {message.text}")

    def _watch(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.hostname != HERE:
            self.faults.append(f"outside: {request.url}")

    def _judge(self, response: Response) -> None:
        if response.status >= 400 and response.status not in {409, 422}:
            self.faults.append(f"{response.status}: {response.url}")

    def log_in(self, login: str, password: str = PASSWORD) -> None:
        self.open("/login")
        self.fill(login=login, password=password)
        self.press("Se connecter")
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("Bonjour")

    def open(self, path: str) -> None:
        """Go to an address of the service."""
        self.page.goto(f"{self.address}{path}")
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        self.fits()

    def fits(self) -> None:
        """The page is no wider than the screen; on a phone nobody scrolls sideways."""
        excess = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert excess <= 0, f"{self.page.url} is {excess} px too wide"

    def follow_menu(self, name: str) -> None:
        """Go to a room by the menu of this screen: the bar at the foot of a phone, the side of a desk."""
        entry = self.page.get_by_role("navigation", name="Menu principal").get_by_role("link", name=name)
        self._go(entry.and_(self.page.locator(":visible")).first)

    def follow(self, name: str, *, among: str | None = None) -> None:
        """Touch the link of this name, the one in the row or box that says `among`."""
        place = self.page.get_by_role("main")
        if among is not None:
            link = self.page.get_by_role("link", name=name, exact=True)
            place = place.locator("tr, li, .card, section", has_text=among).filter(has=link).last
        self._go(place.get_by_role("link", name=name, exact=True).first)

    def attend_to(self, words: str) -> None:
        """Touch what waits and says so, on the first screen or that of a room."""
        self._go(self.page.locator("main .wait").get_by_role("link").filter(has_text=_any_space(words)).first)

    def _go(self, link: Locator) -> None:
        with self.page.expect_event("load"):
            link.click()
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        self.fits()

    def fill(self, **values: str) -> None:
        """Write into the fields of these names; a value that is a choice is chosen."""
        self.write(values)

    def write(self, values: dict[str, str], *, form: str = "main") -> None:
        """As `fill`, for names that are no words; `form` says where when several forms stand on the page."""
        for name, value in values.items():
            field = self.page.locator(f'{form} [name="{name}"]')
            kind = field.first.evaluate("one => one.type")
            if kind in {"radio", "checkbox"}:
                self.page.locator(f'{form} [name="{name}"][value="{value}"]').check()
            elif kind.startswith("select"):
                field.select_option(value)
            else:
                field.fill(value)

    def press(self, name: str) -> None:
        """Press the button of this name; the story goes on when the answer is there."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            self.page.get_by_role("main").get_by_role("button", name=name, exact=True).click()

    def is_told(self, *words: str) -> None:
        """The page says this, as a message of success."""
        for word in words:
            expect(self.page.locator("main .msg.good").first).to_contain_text(word)

    def is_warned(self, *words: str) -> None:
        """The form comes back and says on top what is wrong."""
        for word in words:
            expect(self.page.locator("main .msg.bad").first).to_contain_text(word)

    def reads(self, *words: str) -> None:
        """The page shows this somewhere; spaces of any width count as one."""
        for word in words:
            expect(self.page.get_by_role("main")).to_contain_text(_any_space(word))

    def row(self, caption: str, *cells: str) -> None:
        """The table of this caption has a row with these cells, in this order."""
        table = self.page.get_by_role("table", name=caption, exact=True)
        pattern = re.compile(r"[\s\S]*".join(_any_space(cell).pattern for cell in cells))
        expect(table.locator("tr", has_text=pattern).first).to_be_visible()

    def table(self, caption: str) -> list[dict[str, str]]:
        """Rows of a table as a reader sees them, by the words of its head."""
        table = self.page.get_by_role("table", name=caption, exact=True)
        expect(table).to_be_visible()
        found: Any = table.evaluate(
            """one => {
                const text = cell => cell.textContent.replace(/\\s+/g, " ").trim();
                const heads = [...one.querySelectorAll("thead th")].map(text);
                const rows = [...one.querySelectorAll("tbody tr, tfoot tr")];
                return rows.map(row => Object.fromEntries(
                    [...row.children].map((cell, at) => [heads[at], text(cell)])
                ));
            }"""
        )
        return [dict(row) for row in found]

    def close(self) -> None:
        """Leave; whatever went wrong behind the pages fails the test here."""
        self.context.close()
        assert self.faults == []


def _any_space(text: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(re.escape(part) for part in text.split()))
