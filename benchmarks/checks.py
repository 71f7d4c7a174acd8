"""Figures that have to hold, each told as it is checked."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Checks:
    missed: list[str] = field(default_factory=list)

    def must(self, held: bool, what: str) -> None:
        print(f"  {'held  ' if held else 'MISSED'} {what}", flush=True)
        if not held:
            self.missed.append(what)
