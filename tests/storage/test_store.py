"""Storing pages: nothing lost, nothing doubled, edits kept, coverage in the same transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from records import Coverage, Finding, Link, LinkCheck, Period, Post, Profile, Severity, Verdict
from storage.queries import accounts, held, posts, runs
from storage.queries.evidence import evidence
from storage.queries.findings import findings
from storage.schema import PostRow, VersionRow
from storage.store import Store
from tests.storage.conftest import OFFICE, OTHER, WECHAT, WEIBO

NOW = datetime(2026, 11, 15, 17, 30, tzinfo=UTC)
BIZ = "MzA0MDAwMDAwMQ=="


def post(number: int, **changes: object) -> Post:
    made = Post(
        platform="weibo",
        account=WEIBO.ref,
        post_id=str(4900000000000000 + number),
        url=f"https://m.weibo.cn/status/{4900000000000000 + number}",
        published_at=NOW - timedelta(hours=number),
        text=f"第{number}条",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def seen(reference: str = WEIBO.ref, **changes: object) -> Coverage:
    made = Coverage(
        account=reference, status="complete", source="page", checked_at=NOW, covered_to=NOW, covered_from=NOW
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def count(store: Store, table: type) -> int:
    with store.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_page_stored_twice_is_stored_once(store: Store) -> None:
    run = store.begin_run("crawl", NOW, None)
    assert store.save_page(run, seen(), [post(1), post(2)], None, None) == 2
    assert store.save_page(run, seen(), [post(1), post(2)], None, None) == 0
    assert count(store, PostRow) == 2


def test_an_edited_text_is_kept_as_a_version(store: Store) -> None:
    run = store.begin_run("crawl", NOW, None)
    store.save_page(run, seen(), [post(1)], None, None)
    store.save_page(run, seen(), [post(1, text="改过的第1条")], None, None)
    assert posts.posts(store.engine)[0]["text"] == "改过的第1条"
    with store.engine.connect() as connection:
        assert connection.execute(select(VersionRow.text)).scalars().all() == ["第1条"]


def test_a_cut_text_never_replaces_a_whole_one(store: Store) -> None:
    run = store.begin_run("crawl", NOW, None)
    store.save_page(run, seen(), [post(1, text="开头…", text_complete=False)], None, None)
    whole = Post(
        platform="weibo", account=None, post_id=post(1).post_id, url=post(1).url, published_at=None, text="开头和结尾"
    )
    store.save_page(run, seen(), [whole], None, None)
    store.save_page(run, seen(), [post(1, text="开头…", text_complete=False)], None, None)
    (stored,) = posts.posts(store.engine)
    assert (stored["text"], stored["text_complete"]) == ("开头和结尾", True)
    assert count(store, VersionRow) == 0


def test_a_feed_item_and_its_article_are_one_post(store: Store) -> None:
    run = store.begin_run("crawl", NOW, None)
    article = Post(
        platform="wechat",
        account=f"wechat:{BIZ}",
        post_id=f"{BIZ}:2650000001:1",
        url="https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv",
        published_at=NOW,
        title="通知",
        text="全文",
        addresses=("s/abcdefghijklmnopqrstuv", f"{BIZ}:2650000001:1"),
    )
    item = replace(
        article, account=WECHAT.ref, post_id="s/abcdefghijklmnopqrstuv", text=None, text_complete=False, proof="feed"
    )
    profile = Profile(
        platform="wechat",
        account=f"wechat:{BIZ}",
        uid=BIZ,
        name="云岭发布",
        observed_at=NOW,
        aliases={"biz": BIZ, "gh_id": WECHAT.uid},
    )
    assert store.save_page(run, seen(WECHAT.ref), [item], None, NOW) == 1
    assert store.save_page(run, seen(WECHAT.ref), [profile, article], None, None) == 0
    assert store.save_page(run, seen(WECHAT.ref), [item], None, None) == 0
    (stored,) = posts.posts(store.engine)
    assert (stored["post_id"], stored["text"], stored["account"]) == (article.post_id, "全文", f"wechat:{BIZ}")
    account = accounts.resolve(store.engine, WECHAT.ref)
    assert account is not None and account.uid == BIZ


def test_a_post_of_nobody_registered_is_not_stored(store: Store) -> None:
    run = store.begin_run("crawl", NOW, None)
    assert store.save_page(run, seen(), [post(1, account="weibo:9999999999")], None, None) == 0
    assert count(store, PostRow) == 0


def test_coverage_is_one_row_an_account_and_run(store: Store) -> None:
    run = store.begin_run("crawl", NOW, None)
    store.save_page(run, seen(status="partial", reason="truncated", pages=1), [post(1)], None, None)
    store.save_page(run, seen(pages=2), [post(2), post(3)], None, None)
    (row,) = runs.coverage_of_run(store.engine, run)
    assert (row.status, row.pages, row.posts_new) == ("complete", 2, 3)


def test_what_is_held_is_not_asked_again(store: Store) -> None:
    run = store.begin_run("crawl", NOW, None)
    store.save_page(run, seen(), [post(1), post(2, text_complete=False)], None, None)
    with store.engine.connect() as connection:
        (row_id, _), *_ = accounts.account_rows(connection)
        keys = held.held_keys(connection, row_id, NOW, 7)
    assert f"text:{post(1).post_id}" in keys
    assert f"text:{post(2).post_id}" not in keys


def test_a_register_imported_twice_changes_nothing(store: Store) -> None:
    change = store.save_register([OFFICE], [WEIBO, WECHAT], {}, {})
    assert (change.added, change.changed, change.unchanged) == (0, 0, 2)


def test_a_register_row_with_a_new_name_is_changed(store: Store) -> None:
    change = store.save_register([OFFICE], [replace(WEIBO, name="云岭县发布"), WECHAT], {}, {})
    assert (change.added, change.changed, change.unchanged) == (0, 1, 1)


def test_a_link_keeps_its_target(store: Store) -> None:
    run = store.begin_run("crawl", NOW, None)
    short = Link("http://t.cn/A6abc", None, "网页链接")
    store.save_page(run, seen(), [post(1, links=(short,))], None, None)
    store.save_page(run, seen(), [post(1, links=(replace(short, target="https://www.yunling.example/a"),))], None, None)
    assert posts.posts(store.engine)[0]["links"] == [
        {"url": "http://t.cn/A6abc", "target": "https://www.yunling.example/a", "text": "网页链接"}
    ]


def test_a_finding_follows_its_account_to_the_key_learned_later(store: Store) -> None:
    period = Period(NOW - timedelta(days=7), NOW)
    lead = Finding(
        id="abc",
        check="zombie",
        cause="zombie:90",
        clauses=("SD-1.4c",),
        severity=Severity.RECTIFY,
        subject="account",
        account=WECHAT.ref,
        candidate=None,
        unit=OFFICE.name,
        period=period,
        summary="长期不更新",
        evidence=(),
        verdict=Verdict.PENDING,
        repeats=0,
        first_seen_at=NOW,
        last_seen_at=NOW,
        due_on=None,
    )
    store.save_inspection("2026-W46", [], [lead])
    profile = Profile(
        platform="wechat",
        account=f"wechat:{BIZ}",
        uid=BIZ,
        name="云岭发布",
        observed_at=NOW,
        aliases={"biz": BIZ, "gh_id": WECHAT.uid},
    )
    store.save_page(store.begin_run("crawl", NOW, None), seen(WECHAT.ref), [profile], None, None)
    assert [(one.id, one.account) for one in findings(store.engine)] == [("abc", f"wechat:{BIZ}")]


def test_what_a_clock_ahead_of_later_nights_says_it_saw_counts_no_more(store: Store) -> None:
    period = Period(NOW - timedelta(days=7), NOW)
    ahead = NOW + timedelta(days=20)
    jumped = store.begin_run("crawl", ahead, None)
    store.save_page(jumped, seen(checked_at=ahead, covered_to=ahead, covered_from=NOW), [], None, None)
    (before,) = evidence(store.engine, period, ahead + timedelta(days=1), 90)
    store.begin_run("crawl", NOW, None)
    (after,) = evidence(store.engine, period, ahead + timedelta(days=1), 90)
    assert [len(given.accounts[0].coverage) for given in (before, after)] == [1, 0]


def test_a_link_checked_by_a_clock_ahead_counts_no_more(store: Store) -> None:
    url, ahead = "https://www.yunling.example/a", NOW + timedelta(hours=13)
    store.save_register([OFFICE], [replace(WEIBO, menu_links=(url,))], {}, {})
    for at in (ahead, NOW):
        run = store.begin_run("links", at, None)
        check = LinkCheck(url=url, state="dead", checked_at=at, status=404, reason="http_404", proven=True)
        store.save_link_checks(run, [check], {})
    (given,) = evidence(store.engine, Period(NOW - timedelta(days=7), NOW), ahead + timedelta(days=1), 90)
    assert [check.checked_at for check in given.accounts[0].link_checks[url]] == [NOW]


def test_a_page_of_ones_own_takes_a_post_back_from_anothers_feed(store: Store) -> None:
    run = store.begin_run("crawl", NOW, None)
    listed = post(1, proof="feed")
    store.save_register([OFFICE], [WEIBO, OTHER, WECHAT], {}, {})
    store.save_page(run, seen(), [listed], None, None)
    store.save_page(run, seen(OTHER.ref), [replace(listed, account=OTHER.ref, proof="page")], None, None)
    assert [one["account"] for one in posts.posts(store.engine)] == [OTHER.ref]


def test_an_album_read_again_takes_nothing_from_the_article(store: Store) -> None:
    run = store.begin_run("crawl", NOW, None)
    store.save_register([OFFICE], [WEIBO, OTHER, WECHAT], {}, {})
    article = replace(post(1, account=WECHAT.ref), platform="wechat", declared_original=True, source_name="新华社")
    listed = replace(article, declared_original=None, source_name=None, text=None, text_complete=False, proof="album")
    for shown in (listed, article, listed):
        store.save_page(run, seen(WECHAT.ref), [shown], None, None)
    (stored,) = posts.posts(store.engine)
    assert (stored["declared_original"], stored["source_name"], stored["proof"]) == (True, "新华社", "page")


def test_a_corrected_key_is_another_account(store: Store) -> None:
    wrong = replace(WEIBO, aliases={"uid": WEIBO.uid, "domain": "yunling"})
    store.save_register([OFFICE], [wrong], {}, {})
    right = replace(wrong, uid="1000000009", aliases={"uid": "1000000009", "domain": "yunling"})
    change = store.save_register([OFFICE], [right], {}, {})
    assert (change.added, change.changed) == (1, 0)
    assert [account.uid for account in accounts.accounts(store.engine)] == ["1000000009"]
    found = accounts.resolve(store.engine, "weibo:yunling")
    assert found is not None and found.uid == "1000000009"
