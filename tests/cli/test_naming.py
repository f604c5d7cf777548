"""What a person types means one thing, or is asked back: no decision meets a finding that was not meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from records import Finding, Period, Severity, Verdict
from scheduler.clock import Clock
from scheduler.workspace import Workspace
from tests.cli.conftest import Here

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
FINDING = Finding(
    id="12f1a7d81c95",
    check="zombie",
    cause="silent",
    clauses=("N-1",),
    severity=Severity.HINT,
    subject="account",
    account="weibo:1",
    candidate=None,
    unit="云岭县公安局",
    period=Period(NOW, NOW + timedelta(days=7)),
    summary="一条线索",
    evidence=(),
    verdict=Verdict.PENDING,
    repeats=0,
    first_seen_at=NOW,
    last_seen_at=NOW,
    due_on=None,
)


@pytest.fixture
def found(home: Path) -> Path:
    """A home with two findings whose ids begin alike."""
    Workspace.open(home, Clock()).store.save_findings([FINDING, replace(FINDING, id="15e3aaaaaaaa")])
    return home


@pytest.mark.parametrize("typed", ["1", "", " "])
def test_a_decision_about_no_one_finding_is_asked_back(found: Path, here: Here, typed: str) -> None:
    done = here("findings", "decide", typed, "误报", "--by", "张三", home=found)
    assert (done.code, "编号" in done.err) == (2, True)
    rows = here("findings", "--all", "--json", home=found).json
    assert {row["verdict"] for row in rows} == {"待核"}


def test_a_beginning_that_only_one_id_has_is_enough(found: Path, here: Here) -> None:
    assert here("findings", "decide", "12f", "误报", "--by", "张三", home=found).code == 0


@pytest.mark.parametrize("words", [("云岭发布", "sheet"), ("云岭发布", "sheet", "x/a.html"), ("a/b",)])
def test_a_word_that_is_no_keyword_starts_no_search(found: Path, here: Here, words: tuple[str, ...]) -> None:
    done = here("sweep", *words, home=found)
    assert (done.code, "不像关键词" in done.err) == (2, True)


def test_a_home_is_no_folder_of_saved_pages(found: Path, here: Here) -> None:
    done = here("sweep", "import", found, home=found)
    assert (done.code, "工作文件夹" in done.err) == (2, True)
