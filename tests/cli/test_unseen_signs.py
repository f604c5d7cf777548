"""A look-alike that differs from ours by a sign that nobody sees: from the saved page to the papers, it is named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from analysis.periods import last_week
from cli.exporting import write_export
from demo.county import load_county
from demo.pages.searches import saved_pages
from records import Account, Unit
from scheduler.clock import Clock
from scheduler.judging import inspect
from scheduler.saved_pages import import_saved
from scheduler.triaging import sorted_candidates
from scheduler.workspace import Workspace
from storage.queries.findings import findings
from tests.reports.reading import words

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
UNIT = Unit(name="云岭县人民政府办公室")
ACCOUNT = Account(platform="weibo", uid="1000000001", name="云岭发布", unit=UNIT.name, aliases={"uid": "1000000001"})
CONFIG = '[office]\nname = "云岭县人民政府办公室"\n[rules]\nregulations = ["shandong-2021"]\n'
PAGE = saved_pages(load_county())["weibo_用户搜索.html"]
SUSPECT = "weibo:7699000001"


def exported(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Workspace, Path]:
    """The case file of an account that a saved result page shows under a name; no browser."""
    monkeypatch.setenv("XUNCHA_CHROMIUM", "/nonexistent/chromium")
    home = folder / "home"
    home.mkdir()
    (home / "xuncha.toml").write_text(CONFIG, encoding="utf-8")
    space = Workspace.open(home, Clock(NOW))
    space.store.save_register([UNIT], [ACCOUNT], {}, {})
    (home / "a.html").write_text(PAGE.replace("云岺", name), encoding="utf-8")
    import_saved(space, [home / "a.html"])
    inspect(space, last_week(NOW))
    (found,) = (one for one in findings(space.engine) if one.candidate == SUSPECT)
    ((_, sorted_),) = sorted_candidates(space, only=SUSPECT)
    write_export(space, found, folder / "out", sorted_)
    return space, folder / "out"


@pytest.mark.parametrize(("sign", "number"), [("\u200b", "200B"), ("\u202e", "202E"), ("\ufe0f", "FE0F")])
def test_names_that_only_look_the_same_are_not_called_identical(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sign: str, number: str
) -> None:
    space, out = exported(tmp_path, f"云{sign}岭", monkeypatch)
    table = words((out / "对照表.docx").read_bytes())
    assert f"账号名称\n云岭发布\n云‹U+{number}›岭发布\n不同" in table
    assert f"多“‹U+{number}›”" in table and "完全相同" not in table and "不可见字符 1" in table
    assert all(f"云‹U+{number}›岭发布" in one.summary for one in findings(space.engine) if one.candidate == SUSPECT)
    papers = (words((out / "商请函.docx").read_bytes()), (out / "说明.txt").read_text(encoding="utf-8"))
    assert all(f"‹U+{number}›" in paper and sign not in paper for paper in (table, *papers))


def test_the_very_same_name_is_called_identical(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, out = exported(tmp_path, "云岭", monkeypatch)
    table = words((out / "对照表.docx").read_bytes())
    assert "账号名称\n云岭发布\n云岭发布\n相同" in table and "两个名称完全相同" in table
