"""The county's post that mentions a false account leads to a search for it; the citizen beside it to nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from crawler.page import Page
from crawler.reading import read
from demo.county import load_county
from demo.files import write_register, write_search_pages
from demo.pages.weibo import answer
from pipelines.archive import WarcArchive
from records import SHANGHAI, Coverage, Post
from scheduler import people
from scheduler.clock import Clock
from scheduler.mentioned import keywords_to_search, read_mentions
from scheduler.saved_pages import import_saved
from scheduler.workspace import Workspace
from storage.queries.candidates import stored_candidates
from storage.queries.mentioned import MENTIONED

FALSE, CITIZEN = "云岺发布", "爱吃火锅的小王"


def crawled(home: Path) -> Workspace:
    """The office after it has crawled the list that mentions the false account."""
    county = load_county()
    (home / "xuncha.toml").write_text('[office]\nname = "云岭县人民政府办公室"\n', encoding="utf-8")
    desk = county.data["observed_at"].replace(tzinfo=SHANGHAI) + timedelta(minutes=20)
    space = Workspace.open(home, Clock(desk))
    people.import_register(space, write_register(county, home / "名录.xlsx", desk), {}, dry_run=False)
    account = next(one for one in county.accounts for post in one.posts if FALSE in post.text)
    url = f"https://m.weibo.cn/api/container/getIndex?type=uid&value={account.uid}&containerid=107603{account.uid}"
    page = Page(url=url, body=answer(county, url, desk).body, fetched_at=desk, kind="timeline")
    posts = [one for one in read(page, "weibo").records if isinstance(one, Post)]
    coverage = Coverage(account=account.ref, status="partial", source="page", checked_at=desk)
    run_id = space.store.begin_run("crawl", desk, None)
    space.store.save_page(run_id, coverage, posts, WarcArchive(home, run_id).keep(page), None, kind="timeline")
    return space


def test_a_mentioned_false_account_is_searched_and_then_told_of(tmp_path: Path) -> None:
    space = crawled(tmp_path)
    assert read_mentions(space) == 0
    assert [one.text for one in keywords_to_search(space) if one.kind == MENTIONED] == [FALSE]
    (tmp_path / "saved").mkdir()
    import_saved(space, write_search_pages(load_county(), tmp_path / "saved"))
    read_mentions(space)
    (found,) = [one for one in stored_candidates(space.engine) if one.candidate.name == FALSE]
    assert "mention" in {row.source for row in found.sightings}
    assert FALSE not in [one.text for one in keywords_to_search(space)]


def test_the_citizen_is_neither_an_account_nor_a_keyword(tmp_path: Path) -> None:
    space = crawled(tmp_path)
    read_mentions(space)
    assert stored_candidates(space.engine) == []
    assert CITIZEN not in [one.text for one in keywords_to_search(space)]
