"""A gap's draft to go on with, and drafts tried over the real engine before they are published."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from admin_gaps import HOSTILE, NOW, ask, put_gap
from admin_visitor import TOKENS, AdminVisitor, csrf_of
from werkzeug.test import TestResponse
from whole_server import Server

from kb.search.engine import Engine
from kb.store.gaps import read_decisions, read_gap
from kb.store.usage import Event, Visit, keep_events
from kb.usage.settling import settle
from search_api.admin import drafts
from search_api.admin.drafts import DRAFT_CHARS
from search_api.app import create_app

LABEL = "does it work on a smart watch"
OTHERS = ("smart watch app", "watch support?", "which smart watches are supported", "is my fridge supported")
WAIT = "my account is shut for a while since caps lock was on"
ANSWER = """---
title: Deskferry on a smart watch
---

There is a Deskferry app for smart watches. It shows which of your computers are switched on.

## Install the app on your watch

Open the app store of your watch, look for Deskferry and tap Install. Supported are watches that came out in
2020 or later. The screen of a computer cannot be shown on a watch: it is too small for that.
"""


@pytest.fixture
def anna(make_server: Callable[..., Server]) -> AdminVisitor:
    """At a server on paper."""
    visitor = AdminVisitor(make_server(admin_tokens=TOKENS))
    visitor.log_in()
    return visitor


@pytest.fixture
def writer(make_server: Callable[..., Server], help_centre: Path, tmp_path: Path) -> AdminVisitor:
    """At a server over the project's own articles, where six people asked about watches."""
    articles = Path(shutil.copytree(help_centre / "articles", tmp_path / "articles"))
    server = make_server(admin_tokens=TOKENS, articles=articles)
    engine = Engine(help_centre, floor=0.15)
    engine.load()
    server.app = create_app(replace(server.services, engine=engine))
    put_gap(server, 1, LABEL, others=OTHERS)
    visitor = AdminVisitor(server)
    visitor.log_in()
    return visitor


def attempt(visitor: AdminVisitor, text: str, **fields: str) -> TestResponse:
    return visitor.post("/admin/gaps/1/try", {"draft": text, **fields}, form_of="/admin/gaps/1/try")


def pasted(page: str) -> str:
    found = re.search(r'<textarea id="draft" name="draft"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found, page
    return html.unescape(found[1])


def files(folder: Path) -> set[tuple[Path, bytes]]:
    return {(path, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


def test_a_gaps_page_leads_to_its_draft_and_to_trying_one(anna: AdminVisitor) -> None:
    put_gap(anna.server, 1, LABEL)
    page = anna.page("/admin/gaps/1")
    for path in ("/admin/gaps/1/draft", "/admin/gaps/1/try"):
        assert f'href="{path}"' in page
        assert anna.get(path).status_code == 200


def test_the_draft_shown_is_the_one_downloaded(anna: AdminVisitor) -> None:
    put_gap(anna.server, 1, LABEL)
    page = anna.page("/admin/gaps/1/draft")
    assert "<code>en/drafts/does-it-work-on-a-smart-watch.md</code>" in page
    link = re.search(r'href="([^"]+)" download', page)
    assert link
    file = anna.get(html.unescape(link[1]))
    assert file.headers["Content-Disposition"] == "attachment; filename=does-it-work-on-a-smart-watch.md"
    assert file.mimetype == "text/markdown"
    assert file.text.startswith('---\ntitle: "Does it work on a smart watch"')
    assert html.escape(file.text, quote=False) in page.replace("&#34;", '"').replace("&#39;", "'")


def test_a_draft_is_in_the_language_chosen_and_in_none_that_is_made_up(anna: AdminVisitor) -> None:
    put_gap(anna.server, 1, LABEL)
    assert "<code>es/drafts/" in anna.page("/admin/gaps/1/draft?locale=es")
    assert "<code>en/drafts/" in anna.page("/admin/gaps/1/draft?locale=../../etc")


def test_who_drafts_is_kept_and_no_file_is_written(writer: AdminVisitor, tmp_path: Path) -> None:
    before = files(tmp_path / "articles")
    taken = writer.post("/admin/gaps/1/draft", {}, form_of="/admin/gaps/1/draft")
    assert taken.status_code == 303
    page = writer.page(taken.headers["Location"])
    assert "This gap is being drafted." in page
    (decision,) = read_decisions(writer.server.store, 1)
    assert (decision.status, decision.by) == ("drafting", "anna")
    assert decision.note == "", "the path is in a customer's words"
    assert files(tmp_path / "articles") == before


@pytest.mark.parametrize("path", ["/admin/gaps/1/draft", "/admin/gaps/1/try"])
def test_a_form_of_another_site_drafts_and_tries_nothing(anna: AdminVisitor, path: str) -> None:
    put_gap(anna.server, 1, LABEL)
    assert anna.post(path, {"draft": ANSWER}).status_code == 403
    assert read_decisions(anna.server.store) == []


@pytest.mark.parametrize("path", ["", ".csv", "/draft", "/draft.md", "/try"])
def test_what_one_person_alone_asked_is_neither_shown_nor_drafted(anna: AdminVisitor, path: str) -> None:
    put_gap(anna.server, 1, "only I have a smart watch", people=1)
    answer = anna.get(f"/admin/gaps/1{path}")
    assert answer.status_code == 404
    assert "smart watch" not in answer.text


def test_a_draft_that_answers_is_told_so_with_what_still_fails(writer: AdminVisitor) -> None:
    answer = attempt(writer, ANSWER)
    assert answer.status_code == 200
    found = re.search(r"<strong>(\d) of 6</strong> questions of this gap", answer.text)
    assert found, answer.text
    assert 4 <= int(found[1]) < 6
    failing = answer.text.split("Not answered yet:")[1].split("</ul>")[0]
    assert "is my fridge supported" in failing
    assert LABEL not in failing
    assert pasted(answer.text) == ANSWER
    gap = read_gap(writer.server.store, 1)
    assert gap
    assert (gap.status, gap.replay) == ("open", {})


def test_an_empty_outline_answers_nothing(writer: AdminVisitor) -> None:
    outline = writer.page("/admin/gaps/1/draft.md")
    answer = attempt(writer, outline)
    assert "<strong>0 of 6</strong> questions of this gap: it says nothing about them yet" in answer.text


def test_a_draft_that_takes_from_another_article_is_told_which_question(writer: AdminVisitor) -> None:
    asked = WAIT
    articles = writer.server.services.settings.articles
    known = {"question": asked, "articles": ["account-locked"]}
    (articles / "questions.jsonl").write_text(f"{json.dumps(known)}\n", encoding="utf-8")
    answer = attempt(writer, f"---\ntitle: {asked}\n---\n{asked}.\n")
    assert re.search(r"take away <strong>1 of \d+</strong> questions of other articles", answer.text)
    table = answer.text.split("With it</th>")[1].split("</table>")[0]
    assert asked in table
    assert "<td>account-locked</td>" in table


def test_what_one_person_confirmed_and_a_draft_takes_is_only_counted(writer: AdminVisitor) -> None:
    asked = WAIT
    ask(writer.server, 1, asked, answered=True, suggestions=(("account-locked", "en", 0.5),))
    visit = Visit(session_id="s1", at=NOW, person="p1")
    solved = Event(query_id="q1", type="solved", slug="account-locked", at=NOW)
    keep_events(writer.server.store, visit, [solved])
    settle(writer.server.store, NOW + timedelta(hours=1))
    answer = attempt(writer, f"---\ntitle: {asked}\n---\n{asked}.\n")
    assert re.search(r"take away <strong>1 of \d+</strong> questions of other articles", answer.text)
    assert "1 question of them that only one person asked is not shown" in answer.text
    assert "With it</th>" not in answer.text


def test_a_mistake_is_shown_with_its_line_and_the_text_stays(writer: AdminVisitor) -> None:
    wrong = f"\n---\ntitle: x\nquestions: {{a: b\n---\n{HOSTILE}"
    answer = attempt(writer, wrong.replace("\n", "\r\n").lstrip())
    assert answer.status_code == 422
    assert re.search(r'role="alert"[^>]*><strong>Not tried.</strong> Line \d+: ', answer.text)
    assert pasted(answer.text) == wrong.lstrip()
    assert "<script>alert" not in answer.text


def test_an_address_that_is_taken_is_said(writer: AdminVisitor) -> None:
    answer = attempt(writer, ANSWER, path="en/drafts/account-locked.md")
    assert answer.status_code == 422
    assert "is already the address of en/account/account-locked.md" in answer.text
    assert attempt(writer, ANSWER, path="en/account/account-locked.md").status_code == 200


@pytest.mark.parametrize(
    ("text", "said"),
    [(" \n", "Paste your draft first"), ("é" * (DRAFT_CHARS + 1), "more than 100,000 characters")],
)
def test_nothing_and_too_much_are_not_tried(anna: AdminVisitor, text: str, said: str) -> None:
    put_gap(anna.server, 1, LABEL)
    answer = attempt(anna, text)
    assert answer.status_code == 422
    assert said in answer.text
    assert pasted(answer.text) == text


def test_the_longest_draft_fits_into_the_form_whatever_its_script(anna: AdminVisitor) -> None:
    put_gap(anna.server, 1, LABEL)
    unread = "---\ntitle: [\n---\n"
    text = unread + "\U00020000" * (DRAFT_CHARS - len(unread))
    form = {"csrf": csrf_of(anna.page("/admin/gaps/1/try")), "draft": text}
    answer = anna.client.post(
        "/admin/gaps/1/try", data=form, base_url=anna.origin, content_type="multipart/form-data"
    )
    assert "Not tried.</strong> Line " in answer.text
    assert pasted(answer.text) == text


def test_a_second_draft_waits_for_its_turn_and_is_kept(anna: AdminVisitor) -> None:
    put_gap(anna.server, 1, LABEL)
    with drafts._TRYING:
        answer = attempt(anna, ANSWER)
    assert answer.status_code == 503
    assert "Another draft is being tried" in answer.text
    assert pasted(answer.text) == ANSWER


@pytest.mark.parametrize("path", ["/admin/gaps/1/draft", "/admin/gaps/1/try"])
def test_a_writers_page_needs_no_inline_script_and_shows_words_as_text(anna: AdminVisitor, path: str) -> None:
    put_gap(anna.server, 1, HOSTILE)
    page = anna.page(path)
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
    assert "<script>alert" not in page


def test_drafting_and_trying_load_no_scikit_learn(
    writer: AdminVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = "search_api.app, search_api.admin.drafts, kb.usage.drafting, kb.usage.draft_file, kb.usage.trying"
    program = f"import sys, {parts}; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
    # What is imported during the call would fail.
    monkeypatch.setitem(sys.modules, "sklearn", None)
    assert writer.get("/admin/gaps/1/draft").status_code == 200
    assert attempt(writer, ANSWER).status_code == 200
