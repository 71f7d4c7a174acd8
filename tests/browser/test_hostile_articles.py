"""Every known attack, made an article of, in the browser that would have to run it."""

from __future__ import annotations

from pathlib import Path

from attacks import ATTACKS
from playwright.sync_api import BrowserContext, Route

from kb.content.links import follow_links, shelf_of
from kb.content.pictures import Pictures
from kb.content.reading import parse_article
from kb.errors import ArticleError

FLAG = "window.ran = []; window.alert = window.msgbox = (what) => window.ran.push(what);"
ADDRESS = "https://help.example/help/en/a"
SHELL = "<!doctype html><title>t</title><main id=main>{}</main>"
DANGEROUS = ("style", "srcset", "target", "ping", "name", "background", "srcdoc", "xlink:href")
HARMLESS = {"http:", "https:", "mailto:", "tel:"}
# Every element is pointed at, clicked and focused; none is followed.
PROVOKE = """
() => {
  addEventListener("click", (event) => event.preventDefault(), true);
  for (const element of document.querySelectorAll("#main *"))
    for (const kind of ["mouseover", "focus", "click", "toggle", "animationstart", "load", "error"])
      element.dispatchEvent(new Event(kind, { bubbles: true }));
}
"""
FOUND = """
() => ({
  tags: [...document.querySelectorAll("#main *")].map((one) => one.localName),
  attributes: [...document.querySelectorAll("#main *")].flatMap((one) => one.getAttributeNames()),
  schemes: [...document.querySelectorAll("#main [href]")].map((one) => one.protocol),
  document: typeof document.getElementById + typeof document.cookie + document.body.localName,
  base: document.baseURI,
})
"""


class Shown:
    """A page without any policy that would stop a script, from a site that has nothing else."""

    def __init__(self, context: BrowserContext, html: str) -> None:
        self.asked: list[str] = []
        self._html = html
        context.add_init_script(FLAG)
        context.route("**/*", self._answer)
        self.page = context.new_page()
        self.page.goto(ADDRESS, wait_until="domcontentloaded")

    def _answer(self, route: Route) -> None:
        if route.request.url == ADDRESS:
            route.fulfill(body=SHELL.format(self._html), content_type="text/html; charset=utf-8")
        else:
            self.asked.append(route.request.resource_type)
            route.abort()


def published(markdown: str, folder: Path) -> str:
    """The HTML of an article as a snapshot holds it; nothing where it is refused."""
    try:
        parsed = parse_article(f"---\ntitle: t\n---\n{markdown}".encode(), "a.md", "en")
    except ArticleError:
        return ""
    article, _ = follow_links(parsed, shelf_of([parsed], Pictures(folder)))
    return article.html


def articles(folder: Path) -> list[str]:
    wrapped = "1. a step\n\n    {}\n\n> {}\n\n<b>x {}"
    return [
        published(markdown, folder)
        for attack in ATTACKS
        for markdown in (attack, wrapped.replace("{}", attack.replace("\n", " ")))
    ]


def test_no_known_attack_runs_when_an_article_is_shown(context: BrowserContext, tmp_path: Path) -> None:
    """As part of the page, and put in later as the widget does it, three times over: what is harmless
    once must not turn into something else when it is read again."""
    shown = Shown(context, "\n".join(f"<div>{one}</div>" for one in articles(tmp_path)))
    page = shown.page
    page.evaluate(PROVOKE)
    for _ in range(3):
        page.evaluate(
            "() => { const main = document.getElementById('main'); main.innerHTML = main.innerHTML; }"
        )
        page.evaluate(PROVOKE)
    page.wait_for_timeout(300)
    found = page.evaluate(FOUND)
    assert page.evaluate("window.ran") == []
    assert set(shown.asked) <= {"image"}
    assert set(found["schemes"]) <= HARMLESS
    assert not [name for name in found["attributes"] if name.startswith("on") or name in DANGEROUS]
    assert (found["document"], found["base"]) == ("functionstringbody", ADDRESS)
    assert "p" in found["tags"], "or else nothing was shown at all"


def test_this_test_would_notice_a_script(context: BrowserContext) -> None:
    shown = Shown(context, "<img src=x onerror=alert(1)>")
    shown.page.wait_for_function("() => window.ran.length > 0")
