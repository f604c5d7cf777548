"""Bodies are unpacked as the crawl unpacks them, and Scrapy is loaded only where there is one to unpack."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.unpacking import unpacked_as_crawled

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("module", ["pipelines.archive", "cli.groups.linking", "cli.groups.lookalike"])
def test_what_meets_no_packed_page_loads_no_scrapy(module: str) -> None:
    code = f"import sys, {module}; sys.exit('scrapy' in sys.modules or 'twisted' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_codings_are_undone_from_the_last_to_the_first() -> None:
    assert unpacked_as_crawled(gzip.compress(gzip.compress(b"<p>")), ["gzip", "gzip"]) == b"<p>"


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(b" " * (64 * 1024 * 1024 + 1))])
def test_what_cannot_be_unpacked_or_is_larger_than_any_page_stays_as_received(body: bytes) -> None:
    assert unpacked_as_crawled(body, ["gzip"]) == body
