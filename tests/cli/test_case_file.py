"""The folder that is given to platform and cyberspace office: whole, verifiable, and safe to open."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from analysis.periods import last_week
from analysis.triage import LABELS, SUSPECTS
from cli.app import UserError
from cli.exporting import Exported, sentences, suffix_of, write_export
from crawler.page import Page
from demo.county import load_county
from demo.pages.searches import saved_pages
from pipelines.archive import StoredPage, WarcArchive
from records import Account, Candidate, Finding, Snapshot, Unit, Verdict
from records.evidence import Triage
from scheduler.clock import Clock
from scheduler.judging import inspect
from scheduler.saved_pages import import_saved
from scheduler.triaging import sorted_candidates
from scheduler.workspace import Workspace
from storage.queries.findings import findings
from storage.searches import save_sightings
from tests.crawler.saved import containers
from tests.reports.reading import words

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
PAGE = saved_pages(load_county())["weibo_用户搜索.html"]
SEARCH = "https://s.weibo.com/user?q=x"
UNIT = Unit(name="云岭县人民政府办公室")
ACCOUNT = Account(
    platform="weibo",
    uid="1000000001",
    name="云岭发布",
    unit=UNIT.name,
    aliases={"uid": "1000000001"},
    former_names=("云岭之声",),
)
CONFIG = '[office]\nname = "云岭县人民政府办公室"\n[rules]\nregulations = ["shandong-2021", "zhejiang-2020"]\n'


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An office that a saved result page gave a suspected account; no browser."""
    monkeypatch.setenv("XUNCHA_CHROMIUM", "/nonexistent/chromium")
    home = tmp_path / "home"
    home.mkdir()
    (home / "xuncha.toml").write_text(CONFIG, encoding="utf-8")
    found = Workspace.open(home, Clock(NOW))
    found.store.save_register([UNIT], [ACCOUNT], {}, {})
    (home / "a.mhtml").write_bytes(containers.mhtml(PAGE))
    import_saved(found, [home / "a.mhtml"])
    inspect(found, last_week(NOW))
    return found


def suspect(space: Workspace) -> Finding:
    """The finding about the look-alike, with two crawled pages of the same body as further evidence."""
    found = next(one for one in findings(space.engine) if one.candidate == "weibo:7699000001")
    archive = WarcArchive(space.home, space.store.begin_run("sweep", NOW, None))
    page = Page(url=SEARCH, body=PAGE.encode(), fetched_at=NOW, kind="search_users", content_type="text/html")
    kept = [archive.keep(replace(page, url=f"{SEARCH}{number}"), "search") for number in range(2)]
    return replace(found, evidence=(*found.evidence, *kept))


def of_suspect(space: Workspace) -> Triage:
    """Where the suspected account is sorted now."""
    ((_, sorted_),) = sorted_candidates(space, only="weibo:7699000001")
    return sorted_


def named(space: Workspace, name: str) -> tuple[Finding, Triage]:
    """The finding as if about an account that only a registered account's post names, and its triage."""
    found = suspect(space)
    one = Candidate(platform="weibo", uid="7699000077", name=name, found_at=NOW)
    space.store.save_candidates([one], found.evidence[1])
    with space.engine.begin() as connection:
        save_sightings(connection, [one], "mention", None)
    ((_, sorted_),) = sorted_candidates(space, only=one.ref)
    return replace(found, candidate=one.ref), sorted_


def names(folder: Path) -> set[str]:
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_folder_holds_papers_evidence_archive_and_digests(space: Workspace, tmp_path: Path) -> None:
    found, out = suspect(space), tmp_path / "out"
    done: Exported = write_export(space, found, out)
    papers = {"商请函.docx", "对照表.docx", "说明.txt", "清单.txt", "sha256sums", f"{found.id}.json"}
    pieces = {f"证据/{found.id}{end}" for end in ("-1.mhtml", "-2.html", "-3.html", ".warc.gz")}
    assert names(out) == papers | pieces == {one.file for one in done.files}
    assert done.exit_code == 0 and done.missing == ()
    letter = words((out / "商请函.docx").read_bytes())
    assert all(item.sha256 in letter and item.url.removeprefix("file:") in letter for item in found.evidence)


def test_the_digests_hold_for_every_file_and_tell_a_changed_byte(space: Workspace, tmp_path: Path) -> None:
    write_export(space, suspect(space), tmp_path / "out")
    check = ["sha256sum", "--quiet", "-c", "sha256sums"]
    assert subprocess.run(check, cwd=tmp_path / "out", check=False).returncode == 0
    (tmp_path / "out" / "说明.txt").write_text("x", encoding="utf-8")
    assert subprocess.run(check, cwd=tmp_path / "out", check=False, capture_output=True).returncode != 0


def test_the_archive_extract_is_valid_and_holds_exactly_these_records(space: Workspace, tmp_path: Path) -> None:
    found = suspect(space)
    write_export(space, found, tmp_path / "out")
    path = tmp_path / "out" / "证据" / f"{found.id}.warc.gz"
    tool = [sys.executable, "-m", "warcio.cli"]
    assert subprocess.run([*tool, "check", str(path)], check=False).returncode == 0
    index = [*tool, "index", "-f", "warc-type,warc-target-uri,http:status", str(path)]
    listed = subprocess.run(index, check=True, capture_output=True, text=True).stdout.splitlines()
    assert [SEARCH + str(number) in line and "response" in line for number, line in enumerate(listed)] == [True, True]


def test_a_folder_with_something_in_it_is_refused_and_left_alone(space: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UserError, match="空的文件夹"):
        write_export(space, suspect(space), out)
    assert names(out) == {"mine.txt"} and {path.name for path in tmp_path.iterdir()} == {"home", "out"}


def test_an_empty_folder_is_filled(space: Workspace, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write_export(space, suspect(space), tmp_path / "out")
    assert "商请函.docx" in names(tmp_path / "out")


def test_an_export_that_breaks_leaves_nothing(space: Workspace, tmp_path: Path) -> None:
    (space.home / "templates").mkdir()
    (space.home / "templates" / "case_file.toml").write_text('title = "x"\n', encoding="utf-8")
    with pytest.raises(Exception, match=r"case_file\.toml"):
        write_export(space, suspect(space), tmp_path / "out")
    assert {path.name for path in tmp_path.iterdir()} == {"home"}


def test_what_is_damaged_is_left_out_and_named_in_the_notes(space: Workspace, tmp_path: Path) -> None:
    found = suspect(space)
    lost = replace(found, evidence=(replace(found.evidence[1], sha256="0" * 64), found.evidence[0]))
    done = write_export(space, lost, tmp_path / "out")
    assert done.exit_code == 3 and "第 1 份材料没有写出" in done.missing[0]
    assert done.missing[0] in (tmp_path / "out" / "说明.txt").read_text(encoding="utf-8")


def test_without_any_whole_evidence_no_letter_is_written(space: Workspace, tmp_path: Path) -> None:
    found = suspect(space)
    write_export(space, replace(found, evidence=(replace(found.evidence[0], sha256="0" * 64),)), tmp_path / "out")
    assert "商请函.docx" not in names(tmp_path / "out")


def test_what_triage_found_stands_in_the_letter(space: Workspace, tmp_path: Path) -> None:
    found = suspect(space)
    (sorted_,) = (one for _, one in sorted_candidates(space) if one.candidate.ref == found.candidate)
    write_export(space, found, tmp_path / "out", sorted_, LABELS[sorted_.kind])
    letter = words((tmp_path / "out" / "商请函.docx").read_bytes())
    assert LABELS[sorted_.kind] in letter and all(reason in letter for reason in sorted_.reasons)
    other = replace(found, candidate="weibo:7699000003")
    with pytest.raises(ValueError, match="7699000003"):
        write_export(space, other, tmp_path / "other", sorted_)


def test_the_table_has_the_registered_account_s_former_names_and_where_the_other_was_seen(
    space: Workspace, tmp_path: Path
) -> None:
    found = suspect(space)
    (sorted_,) = (one for _, one in sorted_candidates(space) if one.candidate.ref == found.candidate)
    write_export(space, found, tmp_path / "out", sorted_)
    table = words((tmp_path / "out" / "对照表.docx").read_bytes())
    assert "曾用名\n云岭之声\n（页面没有显示）\n不作比较" in table and "微博人工保存的页面（" in table
    assert "认证情况\n页面未显示认证情况" in words((tmp_path / "out" / "商请函.docx").read_bytes())


def test_an_entity_that_only_a_list_wrote_is_told_in_the_letter_as_the_triage_tells_it(
    space: Workspace, tmp_path: Path
) -> None:
    found = suspect(space)
    (sorted_,) = (one for _, one in sorted_candidates(space) if one.candidate.ref == found.candidate)
    told = "页面或他人提供的名单写的认证主体为“云岭文化传媒有限公司”，没有看到认证标志"
    facts = tuple((label, told if label == "认证" else value) for label, value in sorted_.facts)
    write_export(space, found, tmp_path / "out", replace(sorted_, facts=facts))
    assert f"认证情况\n{told}" in words((tmp_path / "out" / "商请函.docx").read_bytes())


@pytest.mark.parametrize("verdict", [Verdict.PENDING, Verdict.CONFIRMED])
def test_of_whom_only_the_name_was_seen_no_letter_is_written(
    space: Workspace, tmp_path: Path, verdict: Verdict
) -> None:
    found, sorted_ = named(space, "云岺发布官微")
    done = write_export(space, replace(found, verdict=verdict), tmp_path / "out", sorted_, LABELS[sorted_.kind])
    assert sorted_.kind == "unknown" and "商请函.docx" not in names(tmp_path / "out")
    told = list(sentences(space, found, done))[-1]
    assert "打开该账号的页面" in told and told.endswith(f"--home {space.home} sweep import 文件。")
    notes = (tmp_path / "out" / "说明.txt").read_text(encoding="utf-8")
    assert "打开该账号的页面，把网页保存下来" in notes and "推文里写作“云岺发布官微”" in notes
    table = words((tmp_path / "out" / "对照表.docx").read_bytes())
    assert "账号名称\n云岭发布\n未看到账号页面\n不作比较" in table


def test_without_its_triage_a_name_is_still_told_as_others_wrote_it(space: Workspace, tmp_path: Path) -> None:
    write_export(space, named(space, "云岺发布官微")[0], tmp_path / "out")
    assert "未看到账号页面" in words((tmp_path / "out" / "对照表.docx").read_bytes())


def test_about_an_account_on_a_partners_list_whose_page_nobody_saw_no_letter_is_written(
    space: Workspace, tmp_path: Path
) -> None:
    (space.home / "b.csv").write_text("平台,账号名称,账号ID\n微博,云岺发布官微,7699000088\n", encoding="utf-8")
    import_saved(space, [space.home / "b.csv"])
    inspect(space, last_week(NOW))
    assert "weibo:7699000088" not in {one.candidate for one in findings(space.engine)}
    found = replace(suspect(space), candidate="weibo:7699000088", verdict=Verdict.CONFIRMED)  # from an older version
    ((_, sorted_),) = sorted_candidates(space, only="weibo:7699000088")
    done = write_export(space, found, tmp_path / "out", sorted_)
    assert sorted_.kind == "unknown" and "商请函.docx" not in names(tmp_path / "out")
    told = list(sentences(space, found, done))[-1]
    assert "打开该账号的页面" in told and told.endswith(f"--home {space.home} sweep import 文件。")
    notes = (tmp_path / "out" / "说明.txt").read_text(encoding="utf-8")
    assert "没有写商请函" in notes and "名单写的名称“云岺发布官微”，名单没有写认证情况" in notes


@pytest.mark.parametrize("kind", sorted(LABELS.keys() - SUSPECTS - {"unknown"}))
@pytest.mark.parametrize("verdict", [Verdict.PENDING, Verdict.CONFIRMED])
def test_no_letter_about_whom_the_triage_does_not_suspect_any_more(
    space: Workspace, tmp_path: Path, kind: str, verdict: Verdict
) -> None:
    found = replace(suspect(space), verdict=verdict)
    done = write_export(space, found, tmp_path / "out", replace(of_suspect(space), kind=kind), LABELS[kind])
    assert "商请函.docx" not in names(tmp_path / "out") and done.no_letter is not None


def test_an_account_that_was_registered_after_it_was_confirmed_gets_no_letter(space: Workspace, tmp_path: Path) -> None:
    found = replace(suspect(space), verdict=Verdict.CONFIRMED)
    own = replace(ACCOUNT, uid="7699000001", aliases={"uid": "7699000001"}, name=of_suspect(space).candidate.name)
    space.store.save_register([UNIT], [ACCOUNT, own], {}, {})
    sorted_ = of_suspect(space)
    done = write_export(space, found, tmp_path / "out", sorted_, LABELS[sorted_.kind])
    assert sorted_.kind == "registered" and "商请函.docx" not in names(tmp_path / "out")
    decide = f"--home {space.home} findings decide {found.id} 误报 --by 姓名。"
    assert list(sentences(space, found, done))[-1].endswith(decide)
    notes = (tmp_path / "out" / "说明.txt").read_text(encoding="utf-8")
    assert "不能据此发函" in notes and str(space.home) not in notes


def test_an_account_that_was_renamed_after_it_was_confirmed_gets_no_letter(space: Workspace, tmp_path: Path) -> None:
    found = replace(suspect(space), verdict=Verdict.CONFIRMED)
    space.store.save_candidates([replace(of_suspect(space).candidate, name="美食天地")], found.evidence[0])
    write_export(space, found, tmp_path / "out", of_suspect(space))
    assert of_suspect(space).match is None and "商请函.docx" not in names(tmp_path / "out")


@pytest.mark.parametrize("kind", ["unknown", "certified_other"])
def test_without_a_name_that_is_like_ours_no_letter_says_that_it_is(
    space: Workspace, tmp_path: Path, kind: str
) -> None:
    found = replace(suspect(space), verdict=Verdict.CONFIRMED)
    done = write_export(space, found, tmp_path / "out", replace(of_suspect(space), kind=kind, match=None))
    assert "商请函.docx" not in names(tmp_path / "out") and "请另行拟函写明理由" in (done.no_letter or "")


@pytest.mark.parametrize(("verdict", "has_letter"), [(Verdict.CONFIRMED, True), (Verdict.PENDING, False)])
def test_what_the_triage_cannot_tell_of_an_account_that_was_seen_a_person_decides(
    space: Workspace, tmp_path: Path, verdict: Verdict, has_letter: bool
) -> None:
    found = replace(suspect(space), verdict=verdict)
    write_export(space, found, tmp_path / "out", replace(of_suspect(space), kind="unknown"), LABELS["unknown"])
    assert ("商请函.docx" in names(tmp_path / "out")) is has_letter


def test_a_mistaken_lead_gives_no_letter(space: Workspace, tmp_path: Path) -> None:
    write_export(space, replace(suspect(space), verdict=Verdict.MISTAKEN), tmp_path / "out")
    assert "商请函.docx" not in names(tmp_path / "out") and "对照表.docx" in names(tmp_path / "out")


def test_a_candidate_that_is_kept_no_more_still_gives_its_evidence(space: Workspace, tmp_path: Path) -> None:
    with space.engine.begin() as connection:
        connection.execute(text("DELETE FROM sightings"))
        connection.execute(text("DELETE FROM candidates"))
    found = suspect(space)
    write_export(space, found, tmp_path / "out")
    assert f"证据/{found.id}-1.mhtml" in names(tmp_path / "out") and "商请函.docx" not in names(tmp_path / "out")


@pytest.mark.parametrize(
    ("place", "ending"), [("a.html", ".html"), ("a.h\nm", ".bin"), ("a", ".bin"), ("a.云", ".bin"), ("a.MHT", ".bin")]
)
def test_the_ending_of_a_brought_file_is_a_plain_one(place: str, ending: str) -> None:
    item = Snapshot(url="file:x", fetched_at=NOW, sha256="", ref=f"evidence/saved/{place}")
    assert suffix_of(item, StoredPage(url="", body=b"", sha256="")) == ending
