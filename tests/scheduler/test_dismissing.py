"""A decision on a suspected account is kept without the account; a stranger is not asked about again."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from analysis.periods import last_week
from analysis.sightings import digest_of
from crawler.page import Page
from pipelines.archive import WarcArchive
from records import Candidate, Finding, Unit, Verdict
from scheduler.clock import Clock
from scheduler.config import ConfigError
from scheduler.dismissing import KEY_FILE, decided_on, dismissed_key, remember
from scheduler.judging import decide, inspect
from scheduler.triaging import listed, seen_candidates, sorted_candidates, tidy_candidates
from scheduler.workspace import Workspace
from storage.dismissed import REMOVED, dismissed
from storage.queries.findings import findings
from storage.schema import Base, DecisionRow
from tests.scheduler.archived import ACCOUNT, NIGHT

CONFIG = '[office]\nname = "云岭县人民政府办公室"\n[rules]\nregulations = ["shandong-2021"]\n'
HOLDING = {
    *("candidates", "sightings", "searches", "snapshots", "avatars"),
    *("findings", "judgements", "decisions", "dismissed"),
}
UNIT = Unit(name="云岭县人民政府办公室", division="澜州市云岭县")
LOOKALIKE = Candidate(platform="weibo", uid="7000000002", name="云岺发布", found_at=NIGHT, verified=False)
STRANGER = replace(LOOKALIKE, uid="7000000003", name="爱吃火锅的小王")


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """An office of one account, with a look-alike and a stranger found on the night."""
    (tmp_path / "xuncha.toml").write_text(CONFIG, encoding="utf-8")
    space = Workspace.open(tmp_path, Clock(NIGHT + timedelta(hours=7)))
    space.store.save_register([UNIT], [ACCOUNT], {}, {})
    found_again(space, LOOKALIKE, replace(STRANGER, keyword=LOOKALIKE.name))
    return space


def found_again(space: Workspace, *found: Candidate) -> None:
    page = Page(url="https://m.weibo.cn/search", body=b"{}", fetched_at=NIGHT, kind="mobile_search")
    space.store.save_candidates(found, WarcArchive(space.home, 1).keep(page, "search"))


def suspected(space: Workspace) -> Finding:
    """The finding of the look-alike, brought up to date."""
    inspect(space, last_week(NIGHT))
    return next(one for one in findings(space.engine) if one.check == "impostor")


def mistaken(space: Workspace, *, unrelated: bool) -> str:
    """The look-alike judged 误报; the number of its finding from then on."""
    decided = decide(space, suspected(space).id, Verdict.MISTAKEN, "顾南舟", None)
    (seen,) = [one for one in seen_candidates(space) if one.candidate.uid == LOOKALIKE.uid]
    assert decided is not None
    return decided_on(space, decided, seen, "顾南舟", unrelated=unrelated)


def held(space: Workspace) -> str:
    """Everything that the database holds of candidates and findings, as text."""
    with space.engine.connect() as connection:
        tables = [table for table in Base.metadata.sorted_tables if table.name in HOLDING]
        return "".join(str(connection.execute(select(table)).all()) for table in tables)


def kinds(space: Workspace) -> dict[str, str]:
    return {seen.candidate.uid: found.kind for seen, found in sorted_candidates(space)}


def test_a_mistake_is_not_asked_again_until_the_account_changes(space: Workspace) -> None:
    number = mistaken(space, unrelated=False)
    found_again(space, replace(LOOKALIKE, bio="换了简介", followers=9, found_at=NIGHT + timedelta(days=1)))
    assert (suspected(space).id, suspected(space).verdict) == (number, Verdict.MISTAKEN)
    found_again(space, replace(LOOKALIKE, name="云岺發布"))
    assert (suspected(space).id, suspected(space).verdict) == (number, Verdict.PENDING)


def test_learning_what_the_page_hid_before_is_no_change(space: Workspace) -> None:
    found_again(space, replace(LOOKALIKE, verified=None))
    mistaken(space, unrelated=False)
    before = [triage.shown for seen, triage in sorted_candidates(space) if seen.candidate.uid == LOOKALIKE.uid]
    found_again(space, LOOKALIKE)
    assert [t.shown for seen, t in sorted_candidates(space) if seen.candidate.uid == LOOKALIKE.uid] == before


def test_of_an_unrelated_account_nothing_but_keyed_hashes_remains(space: Workspace) -> None:
    number = mistaken(space, unrelated=True)
    assert LOOKALIKE.name not in held(space) and LOOKALIKE.uid not in held(space)
    (kept,) = [one for one in findings(space.engine) if one.id == number]
    assert (kept.summary, kept.candidate, kept.verdict, kept.evidence) == (REMOVED, None, Verdict.MISTAKEN, ())
    assert "顾南舟" in held(space)


def test_every_undecided_finding_of_the_removed_account_is_decided_with_it(space: Workspace) -> None:
    first = suspected(space)
    second = replace(first, id="0" * 12, check="unregistered", cause=f"unregistered:{LOOKALIKE.ref}")
    space.store.save_findings([second])
    mistaken(space, unrelated=True)
    left = [one for one in findings(space.engine) if one.summary == REMOVED]
    assert sorted((one.check, one.verdict) for one in left) == [
        ("impostor", Verdict.MISTAKEN),
        ("unregistered", Verdict.MISTAKEN),
    ]
    with space.engine.connect() as connection:
        decided = connection.execute(select(*DecisionRow.__table__.columns)).all()
    assert {(row.finding_id, row.verdict, row.decided_by) for row in decided} == {
        (one.id, "误报", "顾南舟") for one in left
    }


def test_an_earlier_note_that_names_the_account_goes_with_it(space: Workspace) -> None:
    decide(space, suspected(space).id, Verdict.CONFIRMED, "顾南舟", f"{LOOKALIKE.name}（{LOOKALIKE.uid}）已电话核实")
    mistaken(space, unrelated=True)
    assert LOOKALIKE.name not in held(space) and LOOKALIKE.uid not in held(space)


def test_an_account_that_changed_can_be_removed_a_second_time(space: Workspace) -> None:
    first = mistaken(space, unrelated=True)
    found_again(space, replace(LOOKALIKE, name="云岭发佈", found_at=NIGHT + timedelta(hours=1)))
    second = mistaken(space, unrelated=True)
    assert {one.id for one in findings(space.engine) if one.summary == REMOVED} == {first, second}
    assert first != second


def test_an_unrelated_account_found_again_is_skipped_and_a_changed_one_asked(space: Workspace) -> None:
    mistaken(space, unrelated=True)
    found_again(space, LOOKALIKE)
    assert LOOKALIKE.uid not in kinds(space)
    tidy_candidates(space)
    assert LOOKALIKE.uid not in held(space)
    found_again(space, replace(LOOKALIKE, name="云岭发佈"))
    assert kinds(space)[LOOKALIKE.uid] == "lookalike_uncertified"


def test_unrelated_goes_with_a_mistake_only(space: Workspace) -> None:
    with pytest.raises(ConfigError, match="误报"):
        decide(space, suspected(space).id, Verdict.CONFIRMED, "顾南舟", None, unrelated=True)


def test_strangers_are_dropped_after_a_month_and_suspects_kept(space: Workspace) -> None:
    suspected(space)
    month = replace(space, clock=Clock(NIGHT + timedelta(days=29)))
    assert tidy_candidates(month) == 0
    later = replace(space, clock=Clock(NIGHT + timedelta(days=31)))
    assert tidy_candidates(later) == 1
    assert STRANGER.name not in held(space) and LOOKALIKE.name in held(space)
    assert [one.decided_by for one in dismissed(space.engine).values()] == ["自动归类"]


def test_a_stranger_that_is_found_again_and_again_is_dropped_all_the_same(space: Workspace) -> None:
    found_again(space, replace(STRANGER, found_at=NIGHT + timedelta(days=28)))
    assert tidy_candidates(replace(space, clock=Clock(NIGHT + timedelta(days=31)))) == 1
    assert STRANGER.name not in held(space)


@pytest.mark.parametrize("word", [LOOKALIKE.name, LOOKALIKE.uid])
def test_a_note_does_not_keep_whom_the_decision_removes(space: Workspace, word: str) -> None:
    with pytest.raises(ConfigError, match="--note"):
        decide(space, suspected(space).id, Verdict.MISTAKEN, "顾南舟", f"{word}是个人账号", unrelated=True)


def test_what_is_left_of_a_removed_account_is_not_decided_on_again(space: Workspace) -> None:
    number = mistaken(space, unrelated=True)
    with pytest.raises(ConfigError, match="资料已经删除"):
        decide(space, number, Verdict.CONFIRMED, "顾南舟", None)


def dropped(space: Workspace) -> Workspace:
    """The office after the month in which the stranger was dropped."""
    later = replace(space, clock=Clock(NIGHT + timedelta(days=31)))
    assert tidy_candidates(later) == 1
    return replace(space, clock=Clock(NIGHT + timedelta(days=32)))


def test_a_dropped_stranger_found_again_is_dropped_at_once(space: Workspace) -> None:
    later = dropped(space)
    found_again(later, replace(STRANGER, found_at=NIGHT + timedelta(days=32)))
    assert tidy_candidates(later) == 1
    assert STRANGER.name not in held(later)


def test_a_dropped_stranger_that_is_none_by_todays_register_is_asked_about(space: Workspace) -> None:
    later = dropped(space)
    filed = replace(ACCOUNT, uid="1000000099", name=STRANGER.name, aliases={"uid": "1000000099"})
    later.store.save_register([UNIT], [ACCOUNT, filed], {}, {})
    found_again(later, replace(STRANGER, found_at=NIGHT + timedelta(days=32)))
    assert tidy_candidates(later) == 0
    assert kinds(later)[STRANGER.uid] == "lookalike_uncertified"


@pytest.mark.parametrize("shown", [{"verified": True}, {"verified_entity": "云岭县人民政府办公室"}])
def test_a_mark_or_an_entity_that_was_hidden_before_is_a_change(space: Workspace, shown: dict[str, object]) -> None:
    found_again(space, replace(LOOKALIKE, verified=None))
    mistaken(space, unrelated=True)
    found_again(space, replace(LOOKALIKE, **{"verified": None, **shown}))  # type: ignore[arg-type]
    assert LOOKALIKE.uid in kinds(space)


@pytest.mark.parametrize("skip", [True, False])
def test_no_digest_that_anybody_could_try_out_is_kept(space: Workspace, skip: bool) -> None:
    (seen,) = [one for one in seen_candidates(space) if one.candidate.uid == STRANGER.uid]
    remember(space, seen, "顾南舟", skip=skip)
    (row,) = dismissed(space.engine).values()
    assert digest_of(seen) not in row.state
    assert (json.loads(row.state)["digest"] is None) is skip


def test_the_key_is_the_owners_only_and_stays(space: Workspace) -> None:
    key = dismissed_key(space.home)
    assert len(key) == 32 and dismissed_key(space.home) == key
    assert stat.S_IMODE((space.home / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in (space.home / KEY_FILE).parent.iterdir()] == ["dismissed.key"]


def test_a_damaged_key_is_said_and_never_used(space: Workspace) -> None:
    dismissed_key(space.home)
    (space.home / KEY_FILE).write_bytes(b"short")
    with pytest.raises(ConfigError, match="密钥"):
        remember(space, seen_candidates(space)[0], "顾南舟", skip=True)


def test_the_same_account_has_another_hash_under_another_key(space: Workspace) -> None:
    seen = seen_candidates(space)[0]
    first = remember(space, seen, "顾南舟", skip=False)
    (space.home / KEY_FILE).unlink()
    assert remember(space, seen, "顾南舟", skip=False) != first


def test_the_list_names_class_reasons_and_finding(space: Workspace) -> None:
    finding = suspected(space)
    rows = {row["uid"]: row for row in listed(space)}
    assert (rows[LOOKALIKE.uid]["finding"], rows[LOOKALIKE.uid]["verdict"]) == (finding.id, Verdict.PENDING)
    assert rows[LOOKALIKE.uid]["match"]["name"] == ACCOUNT.name
    assert (rows[STRANGER.uid]["kind"], rows[STRANGER.uid]["match"]) == ("unrelated", None)
