from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from whole_server import Server

from search_api.contents import contents_of
from search_api.help_pages import folder_label
from search_api.languages import language


def test_an_article_is_a_page_in_its_language_with_contents_that_lead_to_its_headings(server: Server) -> None:
    page = server.client.get("/help/en/black-screen").text
    assert '<html lang="en" dir="ltr">' in page
    assert "<title>Black screen" in page
    for number in (1, 2, 3):
        assert f'<a href="#part-{number}">Part {number} &amp; more</a>' in page
        assert f'id="part-{number}"' in page
    assert '<time datetime="2026-05-01">May 1, 2026</time>' in page
    assert 'href="/help/en/#folder-first-steps">First steps</a>' in page
    assert 'hreflang="es"' in page


def test_a_short_article_has_no_table_of_contents(server: Server) -> None:
    assert 'class="contents"' not in server.client.get("/help/es/black-screen").text
    assert contents_of('<h2 id="a">A</h2><h3 id="b">B</h3>') == ()


def test_a_language_written_from_the_right_is_laid_out_so(server: Server) -> None:
    assert '<html lang="he" dir="rtl">' in server.client.get("/help/he/black-screen").text


def test_a_title_is_text_never_markup(server: Server) -> None:
    page = server.client.get("/help/en/refunds").text
    assert "Refunds &lt;b&gt;&amp; more" in page
    assert "<b>&" not in page


@pytest.mark.parametrize("path", ["/help/en/", "/help/en/black-screen", "/", "/nothing", "/demo/sent"])
def test_no_page_needs_inline_scripts_or_styles(make_server: Callable[..., Server], path: str) -> None:
    page = make_server(demo=True).client.get(path).text
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


def test_an_old_slug_leads_to_the_new_one_for_good(server: Server) -> None:
    moved = server.client.get("/help/en/dark-screen")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/help/en/black-screen")


def test_a_page_that_is_not_there_says_so_in_its_language_and_leads_on(server: Server) -> None:
    missing = server.client.get("/help/es/nada")
    assert missing.status_code == 404
    assert "No hemos encontrado" in missing.text
    assert 'href="/help/es/"' in missing.text


def test_an_article_missing_in_one_language_is_offered_in_the_others(server: Server) -> None:
    missing = server.client.get("/help/es/refunds")
    assert missing.status_code == 404
    assert 'href="/help/en/refunds"' in missing.text


def test_the_help_centre_lists_the_articles_by_folder(server: Server) -> None:
    page = server.client.get("/help/en/").text
    assert '<section id="folder-first-steps">' in page
    assert '<a href="/help/en/black-screen">Black screen</a>' in page
    assert server.client.get("/help/xx/").status_code == 404


@pytest.mark.parametrize(("wanted", "given"), [("es-MX,es;q=0.9", "es"), ("ja", "en"), ("", "en")])
def test_the_help_centre_opens_in_the_readers_language(server: Server, wanted: str, given: str) -> None:
    answer = server.client.get("/help/", headers={"Accept-Language": wanted})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/help/{given}/")


def test_a_page_that_has_not_changed_is_not_sent_again(server: Server) -> None:
    first = server.client.get("/help/en/black-screen")
    again = server.client.get("/help/en/black-screen", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_picture_is_kept_for_long_and_never_runs_as_a_document(server: Server) -> None:
    picture = server.client.get("/help/images/dot.svg")
    assert picture.mimetype == "image/svg+xml"
    assert "immutable" in picture.headers["Cache-Control"]
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    assert server.client.get("/help/images/other.svg").status_code == 404
    picture.close()


def test_the_demonstration_is_served_only_when_it_is_on(make_server: Callable[..., Server]) -> None:
    plain = make_server()
    assert plain.client.get("/").headers["Location"] == "/help/"
    assert plain.client.post("/demo/sent").status_code == 404
    client = make_server(demo=True).client
    page = client.get("/").text
    assert '<script type="module" async src="/widget/selfhelp.js"' in page
    for field in ("subject", "description", "email", "attachment"):
        assert f'name="{field}"' in page
    sent = client.post("/demo/sent", data={"description": "x"})
    assert (sent.status_code, sent.headers["Location"]) == (303, "/demo/sent")
    assert "Thank you" in client.get("/demo/sent").text


def test_the_widgets_files_are_served_to_any_origin(server: Server) -> None:
    module = server.client.get("/widget/selfhelp.js")
    assert module.mimetype == "text/javascript"
    assert module.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in module.headers["Cache-Control"]
    again = server.client.get("/widget/selfhelp.js", headers={"If-None-Match": module.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path",
    [
        "__init__.py",
        "",
        "nothing.js",
        "../kb/settings.js",
        "%2e%2e/kb/x.js",
        "locales/../words.js",
        "selfhelp.js/",
        ".",
    ],
)
def test_nothing_but_the_widgets_own_files_is_served(server: Server, path: str) -> None:
    assert server.client.get(f"/widget/{path}").status_code == 404


def test_the_panels_article_comes_with_its_address(server: Server) -> None:
    answer = server.client.get("/v1/articles/en/dark-screen").get_json()
    assert (answer["slug"], answer["url"], answer["updated"]) == (
        "black-screen",
        "/help/en/black-screen",
        "2026-05-01",
    )
    assert answer["html"].startswith("<h2")


def test_the_widgets_limits_are_the_settings(make_server: Callable[..., Server]) -> None:
    config = make_server(debounce_ms=77, max_files=2).client.get("/v1/config").get_json()
    assert set(config) == {
        "debounce_ms", "min_chars", "min_chars_cjk", "limit", "max_text_chars", "request_timeout_ms",
        "event_batch", "event_flush_ms", "read_seconds", "max_files", "max_file_bytes", "max_ticket_bytes",
        "max_message_chars",
    }  # fmt: skip
    assert (config["debounce_ms"], config["max_files"]) == (77, 2)


def test_a_language_names_itself_and_writes_dates_its_way() -> None:
    assert [language(tag).name for tag in ("en", "es", "zh-TW", "eo")] == [
        "English", "Español", "中文 (繁體, 台灣)", "Esperanto",
    ]  # fmt: skip
    assert language("de").date(date(2026, 5, 1)) == "1. Mai 2026"
    assert language("zh-TW").words["home"] == "說明中心"
    assert language("x-unknown!").words["home"] == "Help centre"


def test_a_folder_is_named_in_words() -> None:
    assert folder_label("billing/pay-later") == "Billing › Pay later"


def test_the_help_centres_search_box_is_the_widget(server: Server) -> None:
    page = server.client.get("/help/es/").text
    assert 'data-form="#ask"' in page
    assert 'data-locale="es"' in page
    assert "¿En qué podemos ayudarle?" in page
