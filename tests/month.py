"""A month of support for the help centre of the demo: what customers asked, found, and wrote about.

Made with the same functions the server keeps things with; the same every time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from kb.search.engine import Engine
from kb.search.query import Query
from kb.store.store import Store
from kb.store.tickets import TicketRow, keep_ticket
from kb.store.usage import Asked, Event, Visit, keep_asked, keep_events

# Nothing is written about these: people, and how they put it.
MISSING: dict[int, list[str]] = {
    31: [
        "can I use my stream deck with a remote session",
        "stream deck buttons do not work remotely",
        "how to pass a stream deck through to the other computer",
    ],
    27: [
        "how do I draw on the remote screen",
        "is there a whiteboard during a session",
        "annotate the screen of the person I am helping",
    ],
    24: [
        "can I schedule a session for tomorrow",
        "plan a meeting ahead and send an invitation",
        "calendar invitation for a remote session",
    ],
    21: [
        "how to see who used the licence last week",
        "report of sessions per technician",
        "export the list of all sessions as a spreadsheet",
    ],
    19: [
        "my webcam is not found on the other side",
        "use my local camera in the remote computer",
        "webcam redirection does not work",
    ],
    17: [
        "is there a command line interface",
        "start a session from a script",
        "automate connections with powershell",
    ],
    16: ["connect to a virtual machine in hyper-v", "does it run inside a virtual machine"],
    14: [
        "how to use a smart card reader remotely",
        "smart card login over the session",
        "yubikey is not seen remotely",
    ],
    12: [
        "does it work with a screen reader",
        "use nvda in a remote session",
        "accessibility for blind technicians",
    ],
    11: ["can two technicians share one session", "invite a colleague into my running session"],
    9: ["integration with jira service management", "connect it to our zendesk"],
    8: ["single sign-on with okta", "set up saml login for our company"],
    7: ["barcode scanner types wrong characters remotely", "hand scanner does not work in the session"],
    6: ["how many gigabytes does a session use per hour", "data usage on mobile internet"],
    5: ["dark mode for the viewer", "make the viewer window dark"],
    4: ["chromebook support", "install it on a chromebook"],
    3: ["raspberry pi as a host", "does the host run on arm linux"],
    2: ["can I rename a computer in my list", "change the name shown for a computer"],
}
OFF_TOPIC = ["what is the weather tomorrow", "recommend a pizza place nearby", "who won the football match"]
ANSWERED = [
    "the screen stays black after connecting",
    "I forgot my password",
    "no sound from the remote computer",
    "how do I cancel my plan",
    "printer is missing in the session",
    "where are my invoices",
    "the session disconnects all the time",
    "transfer a file to the other computer",
    "lost my two-step device",
    "how to install it on macos",
    "the host is shown as offline",
    "keyboard layout is wrong",
]
PAGES = [
    "https://desk.example/contact",
    "https://desk.example/contact",
    "https://desk.example/app/help",
    None,
]
LOCALES = ["en", "en", "en", "en", "de", "es", None]


@dataclass
class Month:
    """Fills a store with what happened up to `now`."""

    store: Store
    engine: Engine
    now: datetime
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311  a toss, no secret
    number: int = 0

    def fill(self, *, quiet: bool = False) -> None:
        """All of it; `quiet`: only the five most asked about gaps and few others."""
        topics = list(MISSING.items())[:5] if quiet else list(MISSING.items())
        for people, wordings in topics:
            for _ in range(people):
                self._unhelped(self.chance.choice(wordings), self._some_day())
        for _ in range(15):
            self._unhelped(MISSING[9][1], self.now - timedelta(minutes=self.chance.uniform(31, 55)))
        for text in OFF_TOPIC:
            for _ in range(2):
                self._visit(text, self._some_day(), ["left"])
        for _ in range(40 if quiet else 600):
            self._helped(self.chance.choice(ANSWERED), self._some_day())

    def _some_day(self) -> datetime:
        """More of late than long ago."""
        return self.now - timedelta(days=30 * self.chance.random() ** 1.3, hours=1)

    def _unhelped(self, text: str, at: datetime) -> None:
        if self.chance.random() < 0.6:
            self._ticket(text, at)
        else:
            self._visit(text, at, ["left"])

    def _helped(self, text: str, at: datetime) -> None:
        luck = self.chance.random()
        if luck < 0.45:
            self._visit(text, at, ["shown", "opened", "closed", "solved", "left"])
        elif luck < 0.6:
            self._visit(text, at, ["shown", "opened", "closed", "left"])
        elif luck < 0.75:
            self._visit(text, at, ["shown", "left"])
        else:
            self._ticket(text, at, ["shown", "opened", "closed"] if luck < 0.9 else ["shown"])

    def _ticket(self, text: str, at: datetime, before: Sequence[str] = ()) -> None:
        visit, query = self._visit(text, at, [*before, "submitted"])
        ticket = TicketRow(
            ticket_id=f"t{self.number}",
            idempotency_key=None,
            created_at=at + timedelta(seconds=200),
            email=f"p{self.number}@example.com",
            message=text,
            session_id=visit.session_id,
            query_id=query,
            person=visit.person,
        )
        keep_ticket(self.store, ticket, [])

    def _visit(self, text: str, at: datetime, happened: Sequence[str]) -> tuple[Visit, str]:
        self.number += 1
        visit = Visit(
            session_id=f"s{self.number}",
            at=at,
            person=f"p{self.number}",
            locale=self.chance.choice(LOCALES),
            page=self.chance.choice(PAGES),
        )
        asked = list(self._typed(text, visit))
        keep_asked(self.store, asked)
        last = asked[-1]
        slug = last.suggestions[0][0] if last.answered and last.suggestions else ""
        events = [
            Event(
                query_id=last.query_id,
                type=type_,
                at=last.visit.at + timedelta(seconds=30 + 20 * place),
                slug=slug if type_ in ("shown", "opened", "closed", "solved") else "",
                detail={"seconds": 25.0} if type_ == "closed" else {},
            )
            for place, type_ in enumerate(happened)
            if slug or type_ in ("left", "submitted")
        ]
        keep_events(self.store, replace(last.visit, at=at + timedelta(minutes=4)), events)
        return visit, last.query_id

    def _typed(self, text: str, visit: Visit) -> Iterator[Asked]:
        for place, part in enumerate((text[: len(text) // 2], text)):
            answer = self.engine.suggest(Query(text=part, locale=visit.locale, limit=3))
            yield Asked(
                query_id=f"q{self.number}-{place}",
                visit=Visit(
                    session_id=visit.session_id,
                    at=visit.at + timedelta(seconds=3 * place),
                    person=visit.person,
                    locale=visit.locale,
                    page=visit.page,
                ),
                text=part,
                snapshot_id=answer.snapshot_id,
                answered=answer.answered,
                confidence=answer.confidence,
                held_out=False,
                took_ms=3.0,
                suggestions=tuple((one.slug, one.locale, one.confidence) for one in answer.suggestions),
            )
