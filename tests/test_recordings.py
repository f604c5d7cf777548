"""Every recorded page is read as its expectation says (tests/expected); one test, the file is its name."""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.page import Page
from crawler.reading import read
from records import as_json
from tests.conftest import SHARED

EXPECTED = Path(__file__).parent / "expected"
RECORDINGS = SHARED / "recordings"
LONG_TEXT = 120


def recorded_pages() -> list[tuple[str, dict[str, Any]]]:
    """``(platform, row)`` of every tests/expected/<platform>/pages.toml."""
    rows = []
    for table in sorted(EXPECTED.glob("*/pages.toml")):
        for row in tomllib.loads(table.read_text(encoding="utf-8"))["page"]:
            rows.append((table.parent.name, row))
    return rows


def abridged(value: Any) -> Any:
    """The value with every long text replaced by its length and digest: recorded texts are not kept here."""
    if isinstance(value, str) and len(value) > LONG_TEXT:
        digest = hashlib.sha256(value.encode()).hexdigest()[:16]
        return f"<{len(value)} characters, sha256 {digest}>"
    if isinstance(value, dict):
        return {key: abridged(element) for key, element in value.items()}
    if isinstance(value, list):
        return [abridged(element) for element in value]
    return value


@pytest.mark.skipif(not RECORDINGS.exists() and "CI" not in os.environ, reason="recorded pages are not on this machine")
@pytest.mark.parametrize(
    ("platform", "row"), recorded_pages(), ids=lambda value: value if isinstance(value, str) else value["file"]
)
def test_recorded_page_is_read_right(platform: str, row: dict[str, Any]) -> None:
    body = (RECORDINGS / platform / row["file"]).read_bytes()
    page = Page(url=row["url"], body=body, fetched_at=datetime.fromisoformat(row["fetched_at"]))
    reading = read(page)
    got = abridged(
        as_json(
            {
                "platform": reading.platform,
                "kind": reading.kind,
                "status": reading.status,
                "reason": reading.reason,
                "records": [{"type": type(record).__name__.lower(), **as_json(record)} for record in reading.records],
                "next": [fetch.url for fetch in reading.fetches],
                "extent": reading.extent,
                "errors": [str(error) for error in reading.errors],
            }
        )
    )
    expectation = EXPECTED / platform / f"{row['file']}.json"
    if not expectation.exists():
        expectation.write_text(json.dumps(got, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        pytest.fail(f"{expectation.name} was written for the first time: review it")
    assert got == json.loads(expectation.read_text(encoding="utf-8"))
