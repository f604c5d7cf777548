"""Each page inside a .zip file is evidence of its own: nobody is handed the pages beside it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from analysis.periods import last_week
from crawler.saved.document import MAX_PARTS, TOO_MANY_PARTS
from demo.county import load_county
from demo.pages.searches import saved_pages
from pipelines.manifest import verify_chain
from records import Finding, Verdict
from scheduler import saved_files
from scheduler.clock import Clock
from scheduler.dismissing import decided_on
from scheduler.judging import decide, inspect
from scheduler.keeping import keep_file
from scheduler.replaying import replay
from scheduler.retaining import retain
from scheduler.saved_files import read_file
from scheduler.saved_pages import import_saved
from scheduler.saved_rows import SavedPage
from scheduler.triaging import seen_candidates
from scheduler.verifying import SAME, verify
from scheduler.workspace import Workspace
from storage.pages import save_candidates, save_snapshot
from storage.queries.candidates import candidates
from storage.queries.findings import findings
from storage.searches import save_sightings
from tests.crawler.saved import containers
from tests.scheduler.archived import ACCOUNT, NIGHT, UNIT

NOW = NIGHT + timedelta(hours=7)
CONFIG = '[office]\nname = "云岭县人民政府办公室"\n[rules]\nregulations = ["shandong-2021"]\n'
WEIBO = saved_pages(load_county())["weibo_用户搜索.html"]
LINKED = '<html><body><p><a href="https://weibo.com/u/{}">{}</a></p></body></html>'
FIRST = LINKED.format("7000000002", "云岺发布").encode()
SECOND = LINKED.format("7000000003", "雲嶺发布").encode()


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """An office of one account."""
    (tmp_path / "xuncha.toml").write_text(CONFIG, encoding="utf-8")
    space = Workspace.open(tmp_path, Clock(NOW))
    space.store.save_register([UNIT], [ACCOUNT], {}, {})
    return space


def brought(space: Workspace, name: str, body: bytes, *, days_later: int = 0) -> list[SavedPage]:
    """The rows of one imported file."""
    file = space.home / name
    file.write_bytes(body)
    return import_saved(replace(space, clock=Clock(NOW + timedelta(days=days_later))), [file])


def kept(space: Workspace) -> dict[str, bytes]:
    """The saved files in the evidence, by their endings."""
    return {path.name[24:]: path.read_bytes() for path in (space.home / "evidence" / "saved").iterdir()}


def looks(space: Workspace) -> list[tuple[str, str, str]]:
    """Every look at an account that is stored: its key, when, and the digest of the page."""
    query = "SELECT uid, seen_at, sha256 FROM sightings s JOIN candidates c ON c.id = s.candidate_id"
    with space.engine.connect() as connection:
        rows = connection.execute(text(f"{query} JOIN snapshots p ON p.id = s.snapshot_id ORDER BY s.id"))
        return [tuple(row) for row in rows]


def kept_whole(space: Workspace, body: bytes) -> str:
    """A .zip file kept as evidence, as it was done before its pages were kept one by one; its place."""
    file = space.home / "旧.zip"
    file.write_bytes(body)
    snapshot = keep_file(space, file, "evidence/saved", NOW)
    with space.engine.begin() as connection:
        snapshot_id = save_snapshot(connection, snapshot)
        for page in read_file(file, file.name, NOW):
            save_candidates(connection, page.candidates, snapshot_id)
            save_sightings(connection, page.candidates, "person", snapshot_id, layout_known=page.layout == "known")
    return snapshot.ref


def finding_of(space: Workspace, uid: str) -> Finding:
    return next(found for found in findings(space.engine) if found.candidate == f"weibo:{uid}")


def judged_unrelated(space: Workspace, uid: str) -> None:
    decided = decide(space, finding_of(space, uid).id, Verdict.MISTAKEN, "顾南舟", None)
    (seen,) = [row for row in seen_candidates(space) if row.candidate.uid == uid]
    assert decided is not None
    decided_on(space, decided, seen, "顾南舟", unrelated=True)


def test_each_page_of_an_archive_is_kept_to_the_byte_and_the_archive_is_not(space: Workspace) -> None:
    parts = {"a__mhtml": containers.mhtml(WEIBO), "b__har": containers.har(WEIBO), "c__HTML": FIRST}
    pages = brought(space, "页面.zip", containers.packed(**parts))
    assert kept(space) == {f".{name.lower()[3:]}": body for name, body in parts.items()}
    assert [(page.file, page.snapshot.url if page.snapshot else None) for page in pages] == [
        (f"页面.zip 里的 {name}", f"file:{name}") for name in ("a.mhtml", "b.har", "c.HTML")
    ]
    assert verify_chain(space.home) == []


def test_an_account_rests_on_the_page_that_shows_it(space: Workspace) -> None:
    brought(space, "a.zip", containers.packed(a__html=FIRST, b__html=SECOND))
    with space.engine.connect() as connection:
        _, places = candidates(connection, frozenset())
    digests = {ref: hashlib.sha256(body).hexdigest() for ref, body in (("2", FIRST), ("3", SECOND))}
    assert {ref[-1]: place.sha256 for ref, place in places.items()} == digests
    assert [(uid[-1], digest) for uid, _, digest in looks(space)] == list(digests.items())


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("长" * 100 + ".mhtml", ".mhtml"), ("\u200b.htm", ".htm"), ("../../a/b.warc", ".warc"), ("a.tar.gz", ".gz")],
)
def test_a_part_keeps_its_ending_whatever_its_name_is(space: Workspace, name: str, suffix: str) -> None:
    brought(space, "a.zip", containers.packed(**{name: FIRST}))
    digest = hashlib.sha256(FIRST).hexdigest()
    saved = space.home / "evidence" / "saved"
    assert [path for path in saved.iterdir() if path.is_file()] == [saved / f"{digest[:24]}{suffix}"]


def test_what_is_not_read_of_an_archive_is_told_last_and_not_kept(space: Workspace) -> None:
    wall = saved_pages(load_county())["sogou_要求验证.html"].encode()
    parts = {"a__zip": b"PK\x03\x04", "b__html": b"", "c__html": wall, "d__txt": b"x", "e__html": FIRST}
    pages = brought(space, "页面.zip", containers.packed(**parts))
    assert [(page.file, page.status, page.snapshot is None) for page in pages] == [
        ("页面.zip 里的 c.html", "blocked", True),
        ("页面.zip 里的 e.html", "unparsed", False),
        ("页面.zip 里的 a.zip", "unparsed", True),
        ("页面.zip 里的 b.html", "unparsed", True),
        ("页面.zip 里的 d.txt", "left_out", True),
    ]
    assert all(page.reason for page in pages) and kept(space) == {".html": FIRST}


def test_an_archive_that_shows_nothing_leaves_nothing_in_the_evidence(space: Workspace) -> None:
    (page,) = brought(space, "a.zip", containers.packed(a__html=b"<html><body>x</body></html>"))
    assert page.snapshot is None and not (space.home / "evidence" / "saved").exists()


@pytest.mark.parametrize("again", ["b.zip", "b.html", "b.htm"])
@pytest.mark.parametrize("first", ["a.zip", "a.html"])
def test_the_same_part_brought_again_in_whatever_file_is_no_new_look(space: Workspace, first: str, again: str) -> None:
    (one,) = brought(space, first, containers.packed(x__html=FIRST) if first == "a.zip" else FIRST)
    beside = containers.packed(y__html=FIRST, z__html=SECOND)
    (two, *_) = brought(space, again, beside if again == "b.zip" else FIRST, days_later=30)
    assert two.seen_at == one.seen_at
    assert {at for uid, at, _ in looks(space) if uid == "7000000002"} == {looks(space)[0][1]}


def test_the_same_page_twice_in_one_archive_is_one_look(space: Workspace) -> None:
    pages = brought(space, "a.zip", containers.packed(a__html=FIRST, b__html=FIRST))
    assert len(pages) == 2 and len(looks(space)) == len(kept(space)) == 1


def test_a_page_of_an_archive_that_was_kept_whole_is_as_old_as_that_and_rests_on_itself(space: Workspace) -> None:
    body = containers.packed(a__html=containers.html(WEIBO))
    kept_whole(space, body)
    (page,) = brought(space, "旧.zip", body, days_later=30)
    with space.engine.connect() as connection:
        _, places = candidates(connection, frozenset())
    assert page.seen_at == NOW
    assert page.snapshot is not None and {place.ref for place in places.values()} == {page.snapshot.ref}


def test_an_archive_that_was_kept_whole_is_still_read_again_and_verified(space: Workspace) -> None:
    place = kept_whole(space, containers.packed(a__html=FIRST, b__html=SECOND, c__html=b"<html><body>x</body></html>"))
    inspect(space, last_week(NIGHT))
    assert [item.ref for item in finding_of(space, "7000000002").evidence] == [place]
    assert verify(space, finding_of(space, "7000000002")).outcome == SAME
    done = replay(space)
    assert (done.counts["pages"], done.counts["pages_changed"], done.exit_code) == (1, 0, 0)


def test_the_pages_of_an_archive_are_read_again_and_verified_one_by_one(space: Workspace) -> None:
    parts = {"a__html": LINKED.format("7699000003", "医保").encode(), "b__mhtml": containers.mhtml(WEIBO)}
    brought(space, "a.zip", containers.packed(**parts, c__html=FIRST))
    inspect(space, last_week(NIGHT))
    done = replay(space)
    assert (done.counts["pages"], done.counts["pages_changed"], done.exit_code) == (3, 0, 0)
    assert {verify(space, found).outcome for found in findings(space.engine) if found.candidate} == {SAME}


def test_the_evidence_of_an_account_does_not_show_whom_the_archive_showed_besides(space: Workspace) -> None:
    brought(space, "a.zip", containers.packed(a__html=FIRST, b__html=SECOND))
    inspect(space, last_week(NIGHT))
    (item,) = finding_of(space, "7000000002").evidence
    assert (space.home / item.ref).read_bytes() == FIRST


def test_a_page_of_an_archive_goes_with_the_account_that_it_alone_shows(space: Workspace) -> None:
    brought(space, "a.zip", containers.packed(a__html=FIRST, b__mhtml=SECOND))
    inspect(space, last_week(NIGHT))
    judged_unrelated(space, "7000000002")
    assert list(kept(space)) == [".mhtml"]
    assert [fault.kind for fault in verify_chain(space.home)] == ["removed"]
    assert verify(space, finding_of(space, "7000000003")).outcome == SAME


def test_an_archive_brought_again_does_not_bring_back_who_was_judged_unrelated(space: Workspace) -> None:
    body = containers.packed(a__html=FIRST, b__mhtml=SECOND)
    brought(space, "a.zip", body)
    inspect(space, last_week(NIGHT))
    judged_unrelated(space, "7000000002")
    pages = brought(space, "b.zip", body, days_later=1)
    assert [[one.uid for one in page.found] for page in pages] == [[], ["7000000003"]]
    assert list(kept(space)) == [".mhtml"]


def test_a_page_of_an_archive_goes_when_its_time_is_over_and_what_a_finding_cites_stays(space: Workspace) -> None:
    stranger = LINKED.format("7000000009", "爱吃火锅的小王").encode()
    brought(space, "a.zip", containers.packed(a__html=FIRST, b__htm=stranger))
    inspect(space, last_week(NIGHT))
    dropped = retain(replace(space, clock=Clock(NOW + timedelta(days=32))))
    assert [Path(one.name).suffix for one in dropped] == [".htm"]
    assert kept(space) == {".html": FIRST}


def test_an_archive_of_too_many_pages_is_refused_whole(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_files, "MAX_PARTS", 2)
    (page,) = brought(space, "a.zip", containers.packed(a__html=FIRST, b__html=SECOND, c__html=containers.html(WEIBO)))
    assert (page.reason, page.is_unreadable, MAX_PARTS) == (TOO_MANY_PARTS, True, 2_000)
    assert not (space.home / "evidence" / "saved").exists()
