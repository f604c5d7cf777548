"""Every made-up page is read as the records.json beside it says; one test, the folder is its name."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.page import Page
from crawler.reading import Reading, read
from records import as_json

PAGES = Path(__file__).parent / "pages"


def made_up_pages() -> list[Path]:
    """The folder of every page, ``<platform>/<kind>/<case>``."""
    return sorted(meta.parent for meta in PAGES.glob("*/*/*/meta.json"))


def page_of(folder: Path) -> Page:
    """The page in a folder, as it would have been fetched."""
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    (body,) = folder.glob("page.*")
    return Page(
        url=meta["url"],
        body=body.read_bytes(),
        fetched_at=datetime.fromisoformat(meta["fetched_at"]),
        status=meta.get("status", 200),
        final_url=meta.get("final_url", ""),
    )


def shape_of(reading: Reading) -> Any:
    """A reading as plain JSON values."""
    return as_json(
        {
            "platform": reading.platform,
            "kind": reading.kind,
            "status": reading.status,
            "reason": reading.reason,
            "records": [{"type": type(record).__name__.lower(), **as_json(record)} for record in reading.records],
            "next": [fetch.url for fetch in reading.fetches],
            "extent": reading.extent,
            "drift": [drift.field for drift in reading.drift],
            "errors": [str(error) for error in reading.errors],
        }
    )


@pytest.mark.parametrize("folder", made_up_pages(), ids=lambda folder: str(folder.relative_to(PAGES)))
def test_made_up_page_is_read_right(folder: Path) -> None:
    got = shape_of(read(page_of(folder)))
    expectation = folder / "records.json"
    if not expectation.exists():
        expectation.write_text(json.dumps(got, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        pytest.fail(f"{expectation.relative_to(PAGES)} was written for the first time: review it")
    assert got == json.loads(expectation.read_text(encoding="utf-8"))
