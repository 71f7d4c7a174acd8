"""`selfhelp serve` on a machine whose clock is set back by 23 hours when it gets SIGUSR1.

What asks for the time through Python sees it: `time.time`, and `datetime.now` in every module of ours.
"""

from __future__ import annotations

import datetime
import signal
import sys
import time

BACK = 23 * 3600
shift = [0]
true_time = time.time


class ShiftedDatetime(datetime.datetime):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:  # type: ignore[override]
        return super().now(tz) - datetime.timedelta(seconds=shift[0])


def set_back(*_: object) -> None:
    shift[0] = BACK
    print("the clock is set back", file=sys.stderr, flush=True)


if __name__ == "__main__":
    time.time = lambda: true_time() - shift[0]
    datetime.datetime = ShiftedDatetime  # type: ignore[misc]
    signal.signal(signal.SIGUSR1, set_back)
    # After the clock is ours.
    from kb.cli import main

    main()
