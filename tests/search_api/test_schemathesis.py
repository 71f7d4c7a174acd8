"""Requests made up from the description, right and wrong ones, against the real server over a real socket.

`EXAMPLES=1000 pytest tests/search_api/test_schemathesis.py` makes up more of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from real_server import RealServer

EXAMPLES = os.environ.get("EXAMPLES", "15")
PROGRAM = "from schemathesis.cli import schemathesis; schemathesis()"
# A body with more than may be is refused with 413. Each event is judged by itself: a request in which one is
# wrong is taken, and says which.
CONFIG = """
[checks]
negative_data_rejection.expected-statuses = ["400", "404", "405", "413", "422"]
[[operations]]
include-name = "POST /v1/events"
checks.negative_data_rejection.enabled = false
"""


def test_whatever_is_sent_is_answered_as_described(centre: Path, tmp_path: Path) -> None:
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    with RealServer(centre, rate_limit="off") as server:
        address = f"http://127.0.0.1:{server.ready().port}"
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM, "run", f"{address}/openapi.json",
             "--max-examples", EXAMPLES, "--generation-deterministic", "--request-timeout", "10",
             "--no-color"],
            capture_output=True, text=True, cwd=tmp_path, check=False,
            env=os.environ | {"SCHEMATHESIS_HOOKS": "real_sessions", "PYTHONPATH": str(Path(__file__).parent),
                              "SERVER": address},
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr + server.log.read_text()[-3000:]
        assert server.process.poll() is None
        assert "Traceback" not in server.log.read_text()
