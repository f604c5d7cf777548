"""The main job measured on the made-up county, as a Markdown table; ``make bench`` keeps it in docs/measures.md."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from crawler.browser import find_chromium
from demo import measures
from demo.tour import tour


def commit() -> str:
    """The commit that is measured, marked when files differ from it."""
    words = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


def main() -> None:
    """Gives the tour once and prints its measures."""
    browser = find_chromium()
    with tempfile.TemporaryDirectory() as folder:
        shown = tour(Path(folder) / "demo", lambda _: None)
        blind = set() if browser else set(shown.county.truth["without_browser"]["accounts"])
        truth, got = measures.expected(shown, blind), measures.accused(shown)
        rows = [
            ("planted faults found", f"{len(truth.keys() & got.keys())} of {len(truth)}"),
            ("accusations beyond the truth", str(len(got.keys() - truth.keys()))),
            ("posts lost", str(len(measures.lost_posts(shown, blind)))),
            ("posts doubled", str(measures.doubled_posts(shown))),
            ("list requests an account and night, seven nights", f"{measures.lists_an_account(shown):.3f} (bound 1.1)"),
            ("seconds from an empty folder to the papers", f"{shown.seconds:.0f}"),
        ]
    print("# Measures of the main job\n")
    print(f"Commit {commit()}, `make bench`, browser {'present' if browser else 'absent'}.\n")
    print("| measure | value |\n|---|---|")
    for name, value in rows:
        print(f"| {name} | {value} |")


if __name__ == "__main__":
    main()
