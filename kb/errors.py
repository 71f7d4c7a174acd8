"""Everything the project raises on purpose; each message names the place and the remedy.

KbError
├── SettingsError       a setting that is unknown or has an impossible value
├── ArticleError        a file its writer must mend          (path, line)
├── ArticlesError       a folder of articles that cannot be used as one
├── QuestionsError      a file of questions whose lines cannot be used (path, line)
├── ModelError          an encoder that cannot be loaded, exported or run
├── LearnedError        a learned question that is not there, or cannot be written into its article
├── GapError            a gap that is not there
├── StoreError          a database that cannot be opened or is newer than this program
├── LockError           a lock file that this user may not open
├── BackupError         a backup that cannot be written, read, or taken by this version
├── SnapshotError
│   ├── NoSnapshot      nothing published yet: run `selfhelp index`
│   ├── SnapshotBroken  files missing, truncated or of another format
│   └── ModelMismatch   snapshot and process use different encoders
├── MailError           mail that no server would take
├── EventRejected       an event this session cannot have produced
└── TicketRejected      a ticket that cannot be kept as it is
"""

from __future__ import annotations


class KbError(Exception):
    """Base of all errors raised on purpose; its text is meant for people."""


class SettingsError(KbError):
    """A setting that is unknown or has an impossible value."""


class ArticleError(KbError):
    """A file its writer must mend.

    `path` is relative to the articles folder, `line` counts from 1; the text reads
    `path:line: what is wrong and how to mend it`.
    """

    def __init__(self, path: str, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}")
        self.path = path
        self.line = line
        self.problem = problem


class ArticlesError(KbError):
    """A folder of articles that cannot be used as one."""


class QuestionsError(KbError):
    """A file of questions whose lines cannot be used."""


class ModelError(KbError):
    """An encoder that cannot be loaded, exported or run."""


class LearnedError(KbError):
    """A learned question that is not there, or whose article is not."""


class GapError(KbError):
    """A gap that is not there."""


class StoreError(KbError):
    """A database that cannot be opened, or that a newer version has written.

    `kind` is the driver's name of what went wrong, where it gave one: its words may quote a customer.
    """

    def __init__(self, problem: str, kind: str = "") -> None:
        super().__init__(problem)
        self.kind = kind

    @property
    def damaged(self) -> bool:
        """Whether the SQLite file itself is at fault; its rights or its disk may be mended."""
        return self.kind.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT"))


class LockError(KbError):
    """A lock file that belongs to another user."""


class BackupError(KbError):
    """A backup that cannot be written, is damaged, or was written by a newer version."""


class SnapshotError(KbError):
    """A published snapshot that cannot be served."""


class NoSnapshot(SnapshotError):
    """Nothing has been published yet."""


class SnapshotBroken(SnapshotError):
    """Files of a snapshot are missing, truncated or of another format."""


class ModelMismatch(SnapshotError):
    """Snapshot and process use different encoders."""


class MailError(KbError):
    """Mail that could not be sent."""


class EventRejected(KbError):
    """An event that this session cannot have produced."""


class TicketRejected(KbError):
    """A ticket that cannot be kept as it is."""
