"""From the last keystroke to suggestions on screen, in a real Chromium against a real `selfhelp serve`.

    python benchmarks/widget.py ARTICLES [--questions 200] [--data DIR] [--chromium PATH]

The pause in typing is set to 0. Every question is new and typed as a whole into the demonstration's form;
the clock starts with its `input` event and stops with the first frame after its suggestions were put in.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from latency import at, questions
from playwright.sync_api import Page, sync_playwright

BIN = Path(sys.executable).with_name("selfhelp")
TYPE = """(text) => new Promise((done) => {
  const field = document.querySelector("textarea");
  const late = setTimeout(() => done(null), 3000);
  const form = field.form;
  let start;
  form.addEventListener("selfhelp:shown", () => {
    clearTimeout(late);
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
  }, { once: true });
  field.value = text;
  start = performance.now();
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
})"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--data", type=Path, help="keep the index here between runs")
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("google-chrome"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        data = options.data or Path(temporary)
        subprocess.run(
            [BIN, "index", options.articles, "--data", data], stderr=subprocess.DEVNULL, check=True
        )
        took = measured(data, questions(options.articles, options.questions + 20), options.chromium)[20:]
    shown = [one for one in took if one is not None]
    print(f"{len(took)} questions, {len(shown)} with suggestions")
    print(f"last keystroke to screen: p50 {at(shown, 0.5):.1f} ms, p95 {at(shown, 0.95):.1f} ms")
    return 0


def measured(data: Path, texts: list[str], chromium: str) -> list[float | None]:
    """Milliseconds for each text, None where nothing was suggested."""
    serve = [str(BIN), "serve", "--demo", "--port", "0", "--data", str(data)]
    environment = os.environ | {"SELFHELP_DEBOUNCE_MS": "0", "SELFHELP_FLOOR": "0"}
    process = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    origin = process.stdout.readline().split()[1]
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page: Page = browser.new_page()
            page.goto(origin)
            return [page.evaluate(TYPE, text) for text in texts]
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    raise SystemExit(main())
