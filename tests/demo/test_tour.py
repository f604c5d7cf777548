"""The whole demonstration against the county's truth: every planted fault found, nobody honest or walled accused."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pytest

from crawler.browser import find_chromium
from demo import measures
from demo.tour import Tour, tour
from records import Result
from storage.queries import accounts as account_queries
from storage.queries.runs import coverage_of_run, last_run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shown() -> Iterator[Tour]:
    """The demonstration as this machine gives it; tests/cli/test_county.py has nights without a browser."""
    with tempfile.TemporaryDirectory() as folder:
        yield tour(Path(folder) / "demo", lambda _: None)


def without_browser(shown: Tour) -> set[str]:
    return set() if find_chromium() else set(shown.county.truth["without_browser"]["accounts"])


def test_findings_equal_the_truth(shown: Tour) -> None:
    assert measures.accused(shown) == measures.expected(shown, without_browser(shown))


def test_what_could_not_be_seen_is_unknown_with_its_reason(shown: Tour) -> None:
    blind = without_browser(shown)
    got = {(one.account, one.clause): one.reason for one in shown.inspection.judgements if one.result is Result.UNKNOWN}
    for row in shown.county.truth["unknown"]:
        if row["account"] not in blind:
            assert {clause: got.get((row["account"], clause)) for clause in row["clauses"]} == dict.fromkeys(
                row["clauses"], row["reason"]
            ), row["story"]
    lost = shown.county.truth["without_browser"]
    assert {got.get((account, clause)) for account in blind for clause in lost["clauses"]} <= {lost["reason"]}


def test_no_honest_account_is_left_unknown_in_its_updates(shown: Tour) -> None:
    blind = without_browser(shown)
    honest = {account.ref for account in shown.county.honest_accounts()} - blind
    unknown = {
        (one.account, one.clause, one.reason)
        for one in shown.inspection.judgements
        if one.result is Result.UNKNOWN and one.account in honest and one.check in ("update_frequency", "zombie")
    }
    assert unknown == set()


def test_no_post_is_lost_or_doubled(shown: Tour) -> None:
    assert measures.lost_posts(shown, without_browser(shown)) == []
    assert measures.invented_posts(shown) == []
    assert measures.doubled_posts(shown) == 0


def test_of_three_accounts_without_a_list_one_passes_one_is_a_breach_one_is_unknown(shown: Tour) -> None:
    results: dict[str, Result] = {}
    for one in shown.inspection.judgements:
        if one.clause == "ZZ-4.2h" and one.account is not None:
            results[one.account] = one.result
    by_story = {account.key: results.get(account.ref) for account in shown.county.accounts}
    assert by_story["wechat_links_reported_by_unit"] is Result.PASS
    assert by_story["wechat_silent_seen_by_person"] is Result.BREACH
    assert by_story["wechat_no_list"] is Result.UNKNOWN


def test_one_list_request_an_account_and_night(shown: Tour) -> None:
    assert 0.5 < measures.lists_an_account(shown) <= 1.1


def test_every_account_has_a_coverage_row_of_the_last_night(shown: Tour) -> None:
    run = last_run(shown.workspace.engine, ("crawl",))
    assert run is not None
    rows = coverage_of_run(shown.workspace.engine, run.id)
    crawled = [
        a for a in account_queries.accounts(shown.workspace.engine) if a.platform in ("weibo", "wechat", "toutiao")
    ]
    assert {row.account for row in rows} == {account.ref for account in crawled}
    assert all(row.reason is not None for row in rows if row.status != "complete")


def test_the_papers_open_and_name_no_candidate(shown: Tour) -> None:
    files = shown.written.files
    text = "\n".join(paragraph.text for paragraph in docx.Document(str(files["docx"])).paragraphs)
    assert "草稿" in "".join(
        p.text for section in docx.Document(str(files["docx"])).sections for p in section.header.paragraphs
    )
    assert "云岺发布" not in text
    assert "未能核查" in text
    assert "问题台账" in openpyxl.load_workbook(files["xlsx"], read_only=True).sheetnames
    page = files["html"].read_text(encoding="utf-8")
    assert "127.0.0.1" in page, "the page must say that the data came from a mirror"
    assert "<script" not in page


def test_an_inspection_repeated_finds_the_same(shown: Tour) -> None:
    from scheduler.judging import inspect

    again = inspect(shown.workspace, shown.inspection.period)
    assert [one.id for one in again.findings] == [one.id for one in shown.inspection.findings]
    assert all(one.repeats == 0 for one in again.findings)
