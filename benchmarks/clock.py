"""`selfhelp` at a moment of one's choosing: python benchmarks/clock.py MOMENT COMMAND…

The process believes that it is MOMENT (ISO 8601); time goes on from there. Each further moment on its
standard input is believed at once and said back. Only the time of day is moved, not how long things take.
"""

from __future__ import annotations

import sys
import threading
from datetime import datetime

import time_machine


def follow(clock: time_machine.Traveller) -> None:
    for line in sys.stdin:
        clock.move_to(datetime.fromisoformat(line.strip()))
        print(line.strip(), flush=True)


if __name__ == "__main__":
    clock = time_machine.travel(datetime.fromisoformat(sys.argv.pop(1)), tick=True).start()
    # After the clock is ours.
    from kb.cli import main

    if "serve" in sys.argv:
        threading.Thread(target=follow, args=[clock], daemon=True).start()
    main()
