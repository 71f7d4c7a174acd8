"""Load made by wrk, and what came out of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

WRK = shutil.which("wrk") or "wrk"
SCRIPT = Path(__file__).with_name("load.lua")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Bench:
    """A server, what is asked of it, and what came out."""

    port: int
    pid: int
    texts: Path
    missed: list[str] = field(default_factory=list)
    asked: int = 0

    def load(self, seconds: float, connections: int, rate: float) -> Load:
        """`rate` in requests a second; 0: each connection asks again as soon as it is answered."""
        before = cpu(self.pid)
        ran = subprocess.run(
            [WRK, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s",
             "-s", SCRIPT, f"http://127.0.0.1:{self.port}", "--", self.texts, str(rate), str(self.asked)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        load = Load(**json.loads(ran.stderr.splitlines()[-1]))
        self.asked += load.requests + connections
        others = cpu(self.pid).others(before)
        print(f"   {load}   (others used {others:.1f} processors)")
        return load

    def must(self, holds: bool, what: str) -> None:
        print(f"   {'held  ' if holds else 'MISSED'} {what}")
        if not holds:
            self.missed.append(what)


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk found; times in milliseconds."""

    requests: int
    seconds: float
    broken: int
    timeouts: int
    p50: float
    p95: float
    p99: float
    max: float
    without_retry_after: int
    statuses: dict[str, int]

    @property
    def answered(self) -> int:
        return self.statuses.get("200", 0)

    @property
    def failed(self) -> int:
        return self.requests - self.answered + self.broken + self.timeouts

    def __str__(self) -> str:
        return (
            f"{self.requests} requests, {self.requests / self.seconds:.0f}/s, p50 {self.p50:.1f} "
            f"p95 {self.p95:.1f} p99 {self.p99:.1f} max {self.max:.0f} ms, {self.statuses}, "
            f"broken {self.broken}, late {self.timeouts}"
        )


@dataclass(frozen=True, slots=True)
class Cpu:
    """Processor seconds used so far: by everybody, and by the server, this program and its children."""

    at: float
    all: float
    ours: float

    def others(self, before: Cpu) -> float:
        return max(0.0, (self.all - before.all - self.ours + before.ours) / (self.at - before.at))


def cpu(server: int) -> Cpu:
    total = [int(part) for part in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    ours = int(fields[11]) + int(fields[12]) + sum(os.times()[:4]) * TICKS
    return Cpu(time.monotonic(), (sum(total[:3]) + sum(total[5:7])) / TICKS, ours / TICKS)
