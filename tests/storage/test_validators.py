"""What an address gave to be asked by condition, and whether its stored answer can still stand in."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from records import Snapshot
from storage.store import Store
from storage.validators import StoredValidator, StoredValidators

URL = "https://feed.yunling.example/fabu.xml"
BODY = b"<rss/>"
SNAPSHOT = Snapshot(
    url=URL, fetched_at=datetime(2026, 11, 20, tzinfo=UTC), sha256=hashlib.sha256(BODY).hexdigest(), ref="evidence/a#0"
)


@pytest.fixture
def archive() -> dict[str, bytes]:
    return {SNAPSHOT.ref: BODY}


@pytest.fixture
def validators(store: Store, archive: dict[str, bytes]) -> StoredValidators:
    return StoredValidators(store.engine, archive.get)


def test_an_address_never_asked_is_not_known(validators: StoredValidators) -> None:
    assert (validators.known(URL), validators.load(URL)) == (None, None)


def test_the_last_whole_answer_stands(validators: StoredValidators, archive: dict[str, bytes]) -> None:
    validators.keep(URL, '"1"', None, SNAPSHOT, "application/rss+xml")
    archive["evidence/b#9"] = b"<rss>2</rss>"
    later = replace(SNAPSHOT, ref="evidence/b#9", sha256=hashlib.sha256(b"<rss>2</rss>").hexdigest())
    validators.keep(URL, None, "Fri, 20 Nov 2026 00:00:00 GMT", later, "text/xml")
    assert validators.known(URL) == StoredValidator(None, "Fri, 20 Nov 2026 00:00:00 GMT", "text/xml")
    assert validators.load(URL) == b"<rss>2</rss>"


def test_an_address_that_gives_nothing_any_more_is_forgotten(validators: StoredValidators) -> None:
    validators.keep(URL, '"1"', None, SNAPSHOT, "")
    validators.keep(URL, None, None, SNAPSHOT, "")
    assert validators.known(URL) is None


@pytest.mark.parametrize("stored", [None, b"<rss>changed</rss>", b""])
def test_a_stored_answer_that_is_gone_or_another_does_not_stand_in(
    stored: bytes | None, validators: StoredValidators, archive: dict[str, bytes]
) -> None:
    validators.keep(URL, '"1"', None, SNAPSHOT, "")
    archive.pop(SNAPSHOT.ref)
    archive.update({SNAPSHOT.ref: stored} if stored is not None else {})
    assert validators.load(URL) is None


def test_scrapys_copy_of_the_settings_shares_the_database(validators: StoredValidators) -> None:
    assert copy.deepcopy({"x": validators})["x"] is validators
