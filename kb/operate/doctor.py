"""All checks of an installation, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from kb.errors import KbError
from kb.operate.check_clock import check_clock
from kb.operate.check_database import check_database
from kb.operate.check_folders import check_articles, check_data, check_rights
from kb.operate.check_packages import check_packages, check_python
from kb.operate.check_settings import check_settings
from kb.operate.check_snapshot import check_model, check_snapshot
from kb.operate.finding import Finding, fail
from kb.settings import Settings

Check = Callable[[Settings], Iterator[Finding]]

CHECKS: Final[tuple[Check, ...]] = (
    check_python,
    check_packages,
    check_settings,
    check_data,
    check_articles,
    check_rights,
    check_snapshot,
    check_model,
    check_database,
    check_clock,
)
"""In the order in which they are told; none depends on another."""
WITHOUT_SETTINGS: Final[tuple[Check, ...]] = (check_python, check_packages)


def examine(settings: Settings, checks: tuple[Check, ...] = CHECKS) -> list[Finding]:
    """What all checks found. One that fails itself is a finding, and the others still run."""
    return [finding for check in checks for finding in _run(check, settings)]


def _run(check: Check, settings: Settings) -> list[Finding]:
    subject = check.__name__.removeprefix("check_")
    try:
        return list(check(settings))
    except (KbError, OSError) as error:
        return [fail(subject, f"cannot be checked: {error}", "mend that first")]
    except Exception as error:  # its words may hold anything, passwords too
        return [
            fail(subject, f"cannot be checked ({type(error).__name__})", "report it as a mistake of selfhelp")
        ]
