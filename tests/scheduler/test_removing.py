"""The evidence of an account judged unrelated goes with its data; everybody else's stays and still verifies."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from analysis.periods import last_week
from crawler.page import Page
from pipelines.archive import ArchiveError, WarcArchive, files, load_stored
from pipelines.manifest import verify_chain
from records import Candidate, Finding, Snapshot, Verdict
from scheduler.clock import Clock
from scheduler.dismissing import Memory, decided_on
from scheduler.judging import decide, inspect
from scheduler.retaining import manifest_state, retain
from scheduler.saved_pages import import_saved
from scheduler.triaging import seen_candidates, tidy_candidates
from scheduler.verifying import DROPPED, SAME, verify
from scheduler.workspace import Workspace
from storage.queries.findings import findings
from tests.scheduler.archived import ACCOUNT, NIGHT, UNIT, listing, open_office, post

CONFIG = '[office]\nname = "云岭县人民政府办公室"\n[rules]\nregulations = ["shandong-2021"]\n'
STRANGER = Candidate(platform="weibo", uid="7000000002", name="云岺发布", found_at=NIGHT, verified=False)
OTHER = replace(STRANGER, uid="7000000003", name="雲嶺发布")
ADDRESS = "https://m.weibo.cn/api/container/getIndex?containerid=100103type%3D3%26q%3D"
WHY = "依 --unrelated 判定删除"


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """An office of one account."""
    (tmp_path / "xuncha.toml").write_text(CONFIG, encoding="utf-8")
    space = Workspace.open(tmp_path, Clock(NIGHT + timedelta(hours=7)))
    space.store.save_register([UNIT], [ACCOUNT], {}, {})
    return space


def searched(space: Workspace, *found: Candidate, at: datetime = NIGHT) -> None:
    """A result page that shows these accounts, as a night's search keeps it."""
    cards = [{"card_type": 10, "user": {"id": int(one.uid), "screen_name": one.name,
             "verified": False, "verified_type": -1, "description": ""}} for one in found]  # fmt: skip
    body = json.dumps({"ok": 1, "data": {"cards": [{"card_type": 11, "card_group": cards}]}}).encode()
    page = Page(url=f"{ADDRESS}{found[0].uid}", body=body, fetched_at=at, kind="mobile_search")
    space.store.save_candidates(found, WarcArchive(space.home, 1).keep(page, "search"))


def finding_of(space: Workspace, one: Candidate) -> Finding:
    return next(found for found in findings(space.engine) if found.candidate == one.ref)


def judged_unrelated(space: Workspace, one: Candidate) -> str:
    """The number of its finding from then on."""
    inspect(space, last_week(NIGHT))
    decided = decide(space, finding_of(space, one).id, Verdict.MISTAKEN, "顾南舟", None)
    (seen,) = [row for row in seen_candidates(space) if row.candidate.ref == one.ref]
    assert decided is not None
    return decided_on(space, decided, seen, "顾南舟", unrelated=True)


def kept_for_good(space: Workspace) -> str:
    """All that the finding class holds, unpacked."""
    names = [f"evidence/{one.name}" for one in files(space.home) if one.retention == "finding"]
    refs = {item.ref for found in findings(space.engine) for item in found.evidence}
    assert {ref.partition("#")[0] for ref in refs} >= set(names)
    return "".join(gzip.decompress((space.home / name).read_bytes()).decode("utf-8", "replace") for name in names)


def test_the_copy_that_shows_only_the_removed_account_goes(space: Workspace) -> None:
    searched(space, STRANGER)
    inspect(space, last_week(NIGHT))
    place = finding_of(space, STRANGER).evidence[0].ref
    judged_unrelated(space, STRANGER)
    assert [one.retention for one in files(space.home)] == ["search"]
    with pytest.raises(ArchiveError, match=f"已于 2026-11-16 删除，原因：{WHY}"):
        load_stored(space.home, place)


def test_another_accounts_evidence_in_the_same_file_stays_and_verifies(space: Workspace) -> None:
    searched(space, STRANGER)
    searched(space, OTHER)
    judged_unrelated(space, STRANGER)
    assert STRANGER.uid not in kept_for_good(space) and OTHER.uid in kept_for_good(space)
    assert verify(space, finding_of(space, OTHER)).outcome == SAME
    assert {fault.kind for fault in verify_chain(space.home)} == {"removed"}
    assert manifest_state(space.home).faults == []


def test_a_page_that_another_finding_cites_stays(space: Workspace) -> None:
    searched(space, STRANGER, OTHER)
    judged_unrelated(space, STRANGER)
    assert OTHER.uid in kept_for_good(space)
    assert verify(space, finding_of(space, OTHER)).outcome == SAME
    assert verify_chain(space.home) == []


def test_the_manifest_says_in_words_why_the_file_went(space: Workspace) -> None:
    searched(space, STRANGER)
    searched(space, OTHER)
    judged_unrelated(space, STRANGER)
    (fault,) = verify_chain(space.home)
    assert WHY in fault.sentence and "已另存" in fault.sentence


def test_removing_one_after_the_other_leaves_nothing_for_good(space: Workspace) -> None:
    for one in (STRANGER, OTHER):
        searched(space, one)
    for one in (STRANGER, OTHER):
        judged_unrelated(space, one)
    assert [one.retention for one in files(space.home)] == ["search"]
    assert {fault.kind for fault in verify_chain(space.home)} == {"removed"}


def test_what_is_left_of_the_finding_says_why_it_cannot_be_verified(space: Workspace) -> None:
    searched(space, STRANGER)
    number = judged_unrelated(space, STRANGER)
    found = verify(space, next(one for one in findings(space.engine) if one.id == number))
    assert (found.outcome, found.exit_code) == (DROPPED, 3)
    assert WHY in (found.details[0].reason or "")


def test_a_changed_file_is_not_dropped_for_it_would_hide_the_change(space: Workspace) -> None:
    searched(space, STRANGER)
    searched(space, OTHER)
    inspect(space, last_week(NIGHT))
    path = space.home / finding_of(space, OTHER).evidence[0].ref.partition("#")[0]
    data = bytearray(path.read_bytes())
    data[-9] ^= 1
    path.write_bytes(data)
    judged_unrelated(space, STRANGER)
    assert path.exists()


def test_on_a_platform_of_unique_names_the_name_is_not_looked_for_again(space: Workspace) -> None:
    searched(space, STRANGER)
    judged_unrelated(space, STRANGER)
    memory = Memory.of(space)
    assert memory.knows("weibo", f"name:{STRANGER.name}") and not memory.knows("weibo", f"name:{OTHER.name}")


def test_found_again_its_page_goes_when_it_is_dropped_again(space: Workspace) -> None:
    searched(space, STRANGER)
    judged_unrelated(space, STRANGER)
    searched(space, STRANGER, at=NIGHT + timedelta(hours=1))
    tidy_candidates(space)
    inspect(space, last_week(NIGHT))
    assert all(one.retention != "finding" for one in files(space.home))


def saved_page(space: Workspace, *found: Candidate) -> Path:
    """A page of links that a person saved; where it is kept."""
    links = "".join(f'<p><a href="https://weibo.com/u/{one.uid}">{one.name}</a></p>' for one in found)
    file = space.home / "list.html"
    file.write_text(f"<html><body>{links}</body></html>", encoding="utf-8")
    (page,) = import_saved(space, [file])
    assert page.snapshot is not None
    return space.home / page.snapshot.ref


def test_a_saved_page_of_the_removed_account_alone_goes_and_the_manifest_says_why(space: Workspace) -> None:
    path = saved_page(space, STRANGER)
    judged_unrelated(space, STRANGER)
    assert not path.exists()
    (fault,) = verify_chain(space.home)
    assert fault.kind == "removed" and WHY in fault.sentence


def test_a_saved_page_with_others_on_it_stays_until_its_time_is_over(space: Workspace) -> None:
    path = saved_page(space, STRANGER, replace(OTHER, name="爱吃火锅的小王"))
    judged_unrelated(space, STRANGER)
    assert path.exists()
    retain(replace(space, clock=Clock(NIGHT + timedelta(days=32))))
    assert not path.exists()


def test_the_offices_own_posts_on_the_page_keep_it_as_it_was_first_kept(tmp_path: Path) -> None:
    office = open_office(tmp_path)
    (tmp_path / "xuncha.toml").write_text(CONFIG, encoding="utf-8")
    office.crawl(NIGHT - timedelta(seconds=60), [listing([post(1, 10)])], since=NIGHT - timedelta(days=13))
    space = Workspace.open(tmp_path, Clock(NIGHT + timedelta(hours=7)))
    with space.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT ref, url, fetched_at, sha256 FROM snapshots").one()
    page = Snapshot(url=row.url, fetched_at=NIGHT, sha256=row.sha256, ref=row.ref)
    space.store.save_candidates([STRANGER], page)
    judged_unrelated(space, STRANGER)
    with space.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT ref FROM snapshots").scalars().all() == [row.ref]
    assert load_stored(tmp_path, row.ref).sha256 == row.sha256
