"""What the commands tell of a county after one night: the shapes of the contract, and no breach unseen."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from demo.files import fill_observations, write_reported_links
from demo.server import CountyServer
from tests.cli.conftest import NIGHT, Here, child, make_home

pytestmark = pytest.mark.slow
DESK = NIGHT + timedelta(hours=7)  # after the night, when people sit down to its results

COVERAGE = {
    *("account", "status", "reason", "source", "observer", "covered_from", "covered_to"),
    *("pages", "posts_new", "posts_seen", "checked_at"),
}
REASONS = {
    *(None, "blocked", "login", "robots", "gone", "empty", "unparsed", "truncated", "no_public_list"),
    *("not_crawled", "error", "not_due"),
}
JUDGEMENT = {"subject", "account", "unit", "clause", "check", "result", "reason"}
FINDING = {
    *("id", "check", "clauses", "severity", "subject", "account", "candidate", "unit", "period", "summary"),
    *("evidence", "verdict", "repeats", "first_seen_at", "last_seen_at", "due_on"),
}
POST = {
    *("platform", "account", "post_id", "url", "title", "text", "text_complete", "published_at", "time_precision"),
    *("kind", "is_repost", "declared_original", "source_name", "pinned", "links", "media", "counters", "first_seen_at"),
}


def crawled(mirror: CountyServer) -> set[str]:
    return {account.ref for account in mirror.county.accounts if account.crawled and account.data.get("status") is None}


def test_a_night_without_a_browser_shows_toutiao_as_not_crawled(seen_home: Path) -> None:
    night = json.loads((seen_home / "nightly.json").read_text(encoding="utf-8"))
    toutiao = [row for row in night["coverage"] if row["account"].startswith("toutiao:")]
    assert toutiao and {(row["status"], row["reason"]) for row in toutiao} == {("none", "not_crawled")}
    assert not [finding for finding in night["findings"] if (finding["account"] or "").startswith("toutiao:")]


def test_the_doctor_says_that_the_browser_is_missing(seen_home: Path, here: Here, monkeypatch: Any) -> None:
    monkeypatch.setenv("XUNCHA_CHROMIUM", "/nonexistent/chromium")
    lines = {line["item"]: line for line in here("doctor", "--json", home=seen_home).json}
    assert not lines["浏览器"]["ok"] and "今日头条" in lines["浏览器"]["words"]


def test_coverage_has_a_row_for_every_account(seen_home: Path, here: Here, mirror: CountyServer) -> None:
    rows = here("coverage", "--json", home=seen_home).json
    assert {row["account"] for row in rows} >= crawled(mirror)
    assert all(row.keys() == COVERAGE and row["reason"] in REASONS for row in rows)
    assert all((row["reason"] is None) == (row["status"] == "complete") for row in rows)


def test_inspect_has_the_keys_of_the_contract(own_home: Path, here: Here) -> None:
    shown = here("inspect", "--json", home=own_home, now=DESK).json
    assert shown.keys() == {"period", "judgements", "counts", "findings"}
    assert all(row.keys() >= JUDGEMENT for row in shown["judgements"])
    assert all(row.keys() >= FINDING for row in shown["findings"]) and shown["findings"]
    assert shown["counts"]["breach"] == sum(row["result"] == "breach" for row in shown["judgements"])


def test_one_account_is_inspected_in_full_and_not_kept(own_home: Path, here: Here) -> None:
    before = here("findings", "--all", "--json", home=own_home).json
    shown = here("inspect", "--account", "wechat:YLFABU", "--json", home=own_home, now=DESK).json
    assert {row["account"] for row in shown["judgements"]} == {"wechat:MzkwMTAwMDAwMQ=="}
    assert here("findings", "--all", "--json", home=own_home).json == before


def test_findings_rest_on_stored_pages(seen_home: Path, here: Here) -> None:
    found = here("findings", "--json", home=seen_home).json
    assert found and all(finding["verdict"] == "待核" and finding["evidence"] for finding in found)
    for item in (item for finding in found for item in finding["evidence"]):
        assert item.keys() == {"url", "fetched_at", "sha256", "snapshot", "quote"}
        assert (seen_home / item["snapshot"].partition("#")[0]).is_file()


def test_a_decision_is_kept_and_closes_a_mistake(own_home: Path, here: Here) -> None:
    first, *rest = here("findings", "--json", home=own_home).json
    done = here(
        *("findings", "decide", first["id"], "误报", "--by", "顾南舟", "--note", "看错了", "--json"),
        home=own_home,
        now=DESK,
    )
    assert done.json["verdict"] == "误报"
    assert [row["id"] for row in here("findings", "--json", home=own_home).json] == [row["id"] for row in rest]
    assert len(here("findings", "--all", "--json", home=own_home).json) == len(rest) + 1
    assert "误报" in here("findings", "show", first["id"], home=own_home).out


def test_a_finding_names_its_clause_and_its_page(seen_home: Path, here: Here) -> None:
    first = here("findings", "--json", home=seen_home).json[0]
    shown = here("findings", "show", first["id"], home=seen_home).out
    assert first["summary"] in shown and first["clauses"][0] in shown and first["evidence"][0]["url"] in shown


def test_posts_of_an_account_by_any_name_it_is_known_by(seen_home: Path, here: Here) -> None:
    posts = here("posts", "--account", "wechat:ylfabu", "--since", "2026-11-14", "--json", home=seen_home).json
    assert posts and {post["account"] for post in posts} == {"wechat:MzkwMTAwMDAwMQ=="}
    assert all(post.keys() >= POST and post["published_at"] >= "2026-11-14" for post in posts)
    same = here("posts", "--account", "wechat:MZKWMTAWMDAWMQ==", "--since", "2026-11-14", "--json", home=seen_home).json
    assert same == posts


@pytest.mark.parametrize("words", [["云"], ["云岭", "望江镇"], ["道路养护"]])
def test_search_finds_every_post_with_every_word(words: list[str], own_home: Path, here: Here) -> None:
    found = {post["post_id"] for post in here("search", *words, "--json", home=own_home).json}
    held = here("posts", "--json", home=own_home).json
    texts = {post["post_id"]: f"{post['title'] or ''}\n{post['text'] or ''}" for post in held}
    assert found == {key for key, text in texts.items() if all(word in text for word in words)} != set()


@pytest.mark.parametrize("view", ["账号", "推文", "判定", "问题", "采集情况"])
def test_a_table_is_written_as_text(view: str, own_home: Path, here: Here, tmp_path: Path) -> None:
    done = here(*("table", view, "--csv", tmp_path / "t.csv", "--xlsx", tmp_path / "t.xlsx", "--json"), home=own_home)
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert sheet is not None
    assert len(rows) - 1 == sheet.max_row - 1 == len(done.json) > 0
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_last_runs_are_listed(seen_home: Path, here: Here) -> None:
    runs = here("status", "--json", home=seen_home).json
    assert [(run["kind"], run["exit_code"]) for run in runs] == [
        ("sweep", 3),
        ("links", 0),
        ("crawl", 3),
        ("nightly", 3),
    ]


def test_the_draft_is_three_papers(own_home: Path, here: Here, tmp_path: Path) -> None:
    done = here(
        "report", "weekly", "--period", "2026-W46", "--out", tmp_path / "out", "--json", home=own_home, now=DESK
    )
    files = {name: Path(path) for name, path in done.json["files"].items()}
    assert files.keys() == {"docx", "xlsx", "html"} and all(path.stat().st_size > 1000 for path in files.values())
    assert "草稿" in files["html"].read_text(encoding="utf-8")
    assert sorted((tmp_path / "out").iterdir()) == sorted(files.values())


def test_a_release_waits_for_decisions_holds_what_is_true_and_comes_once(own_home: Path, here: Here) -> None:
    release = ("report", "release", "2026-W46", "--by", "顾南舟")
    assert "待核" in here(*release, home=own_home, now=DESK).err
    first, *rest = here("findings", "--json", home=own_home).json
    here("findings", "decide", first["id"], "误报", "--by", "顾南舟", home=own_home, now=DESK)
    for finding in rest:
        assert here(*release, home=own_home, now=DESK).code == 2
        here("findings", "decide", finding["id"], "属实", "--by", "顾南舟", home=own_home, now=DESK)
    done = here(*release, "--json", home=own_home, now=DESK)
    page = Path(done.json["files"]["html"]).read_text(encoding="utf-8")
    assert (done.code, "草稿" in page, first["summary"] in page) == (0, False, False)
    assert all(finding["summary"] in page for finding in rest if finding["subject"] != "candidate")
    again = here(*release, home=own_home, now=DESK)
    assert (again.code, "已经发布" in again.err) == (2, True)


def test_a_week_that_was_never_inspected_is_not_released_unseen(own_home: Path, here: Here) -> None:
    with closing(sqlite3.connect(own_home / "xuncha.db")) as connection:
        connection.executescript("DELETE FROM findings; DELETE FROM judgements;")
    done = here("report", "release", "2026-W46", "--by", "顾南舟", home=own_home, now=DESK)
    assert (done.code, "待核" in done.err) == (2, True)
    assert here("findings", "--json", home=own_home).json


def test_a_week_that_is_not_over_is_not_released(own_home: Path, here: Here) -> None:
    done = here("report", "release", "2026-W47", "--by", "顾南舟", home=own_home, now=DESK)
    assert (done.code, "没有结束" in done.err) == (2, True)


def test_the_sheet_lists_exactly_the_accounts_no_source_shows(own_home: Path, here: Here, tmp_path: Path) -> None:
    rows = here("coverage", "--json", home=own_home).json
    unseen = {row["account"] for row in rows if row["status"] != "complete"}
    done = here("observe", "sheet", tmp_path / "填写表.xlsx", "--json", home=own_home, now=DESK)
    book = openpyxl.load_workbook(tmp_path / "填写表.xlsx")
    listed = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value}
    assert done.json["accounts"] == len(unseen)
    assert {ref for ref in (row["account"] for row in rows) if any(ref in text for text in listed)} == unseen


def test_a_filled_sheet_is_read_back_once(own_home: Path, here: Here, mirror: CountyServer, tmp_path: Path) -> None:
    sheet = tmp_path / "填写表.xlsx"
    here("observe", "sheet", sheet, "--period", "2026-W46", home=own_home, now=DESK)
    filled = fill_observations(mirror.county, sheet)
    at = "2026-11-16T10:00:00+08:00"
    first = here("observe", "import", sheet, "--json", home=own_home, now=at)
    again = here("observe", "import", sheet, "--json", home=own_home, now=at)
    assert filled and (first.code, first.json["observations"], first.json["new"]) == (0, len(filled), len(filled))
    assert (again.code, again.json["new"]) == (0, 0)


def test_reported_links_are_proved_and_strangers_refused(own_home: Path, mirror: CountyServer, tmp_path: Path) -> None:
    chat = write_reported_links(mirror.county, tmp_path / "群里的链接.txt")
    stranger = "https://mp.weixin.qq.com/s/aaaaaaaaaaaaaaaaaaaaaa"
    chat.write_text(chat.read_text(encoding="utf-8") + f"\n王科：{stranger}\n", encoding="utf-8")
    first = child("posts", "import", chat, "--json", home=own_home, now=DESK).json
    states = {row["url"]: row["state"] for row in first["links"]}
    assert states.pop(stranger) != "stored" and set(states.values()) == {"stored"}
    assert all(row["reason"] for row in first["links"] if row["url"] == stranger)
    again = child("posts", "import", chat, "--json", home=own_home, now=DESK).json
    assert {row["post_id"] for row in again["links"]} == {row["post_id"] for row in first["links"]}


def test_links_are_answered_in_the_order_given(seen_home: Path, tmp_path: Path, here: Here) -> None:
    asked = [
        "https://www.yunling.example/hudong/",
        "javascript:void(0)",
        "http://127.0.0.1/",
        "https://www.yunling.example/hudong/",
        "not an address",
    ]
    (tmp_path / "links.txt").write_text("\n".join(asked) + "\n\n", encoding="gbk")
    rows = here("links", "check", tmp_path / "links.txt", "--json", home=seen_home).json
    assert [row["url"] for row in rows] == asked
    assert all(row.keys() == {"url", "final_url", "state", "status", "reason", "seconds"} for row in rows)
    assert [row["state"] for row in rows] == ["alive", "uncheckable", "refused", "alive", "uncheckable"]


def test_links_come_from_standard_input(seen_home: Path) -> None:
    given = b"\xef\xbb\xbfhttps://www.yunling.example/fuwu/\r\n"
    done = child("links", "check", "-", "--json", home=seen_home, given=given)
    assert [(row["url"], row["state"]) for row in done.json] == [("https://www.yunling.example/fuwu/", "alive")]


def test_one_account_is_crawled_by_an_alias(own_home: Path, mirror: CountyServer) -> None:
    begun = len(mirror.log)
    done = child("crawl", "--account", "wechat:YLFABU", "--json", home=own_home, now=DESK)
    assert [row["account"] for row in done.json["coverage"]] == ["wechat:MzkwMTAwMDAwMQ=="]
    assert not [asked for asked in mirror.log[begun:] if "weibo" in asked.url]


def test_a_platform_is_crawled_alone_and_standing_limits_keep_code_0(tmp_path: Path, mirror: CountyServer) -> None:
    home = make_home(tmp_path / "home", mirror.county, mirror.url)
    done = child("crawl", "--platform", "toutiao", "--json", home=home, now=NIGHT)
    assert {row["reason"] for row in done.json["coverage"]} == {"not_crawled"}
    assert done.code == 0


def test_a_mirror_that_is_down_accuses_nobody(tmp_path: Path, mirror: CountyServer) -> None:
    home = make_home(tmp_path / "home", mirror.county, "http://127.0.0.1:9")
    done = child("nightly", "--json", home=home, now=NIGHT)
    seen = {row["reason"] for row in done.json["coverage"] if row["status"] != "none"}
    reasons = {row["reason"] for row in done.json["coverage"]}
    assert (done.code, seen, reasons) == (3, set(), {"error", "no_public_list", "not_crawled"})
    assert {found["subject"] for found in done.json["findings"]} <= {"source"}
    assert done.json["counts"]["breach"] == 0


def test_a_house_moved_keeps_its_data(seen_home: Path, tmp_path: Path, here: Here) -> None:
    moved = Path(shutil.copytree(seen_home, tmp_path / "搬家 folder"))
    assert here("findings", "--json", home=moved).json == here("findings", "--json", home=seen_home).json
