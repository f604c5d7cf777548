"""What a tour of the county measured: findings against truth, posts lost or doubled, list requests an account."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from demo.tour import Tour
from storage.queries import accounts as account_queries
from storage.queries.posts import posts
from storage.schema import PostRow

FIRST_LOOK = timedelta(days=15)
# The requests that the rule of one an account and night counts: timeline, feed and profile page.
LISTS = (
    re.compile(r"^https://m\.weibo\.cn/api/container/getIndex\?.*containerid=107603(\d+)"),
    re.compile(r"^https://feed\.yunling\.example/(?!robots)(\S+)"),
    re.compile(r"^https://www\.toutiao\.com/c/user/token/([\w=-]+)/"),
)
Accusation = dict[tuple[str, str], set[str]]


def expected(shown: Tour, blind: set[str]) -> Accusation:
    """Clauses by (account or candidate, check) that the truth plants, without the ``blind`` accounts."""
    found: Accusation = {}
    for row in shown.county.truth["breach"]:
        who = row["candidate"] if "candidate" in row else row["account"]
        if who not in blind:
            found.setdefault((who, row["check"]), set()).update(row["clauses"])
    return found


def accused(shown: Tour) -> Accusation:
    """Clauses by (account or candidate, check) of every finding."""
    found: Accusation = {}
    for one in shown.inspection.findings:
        found.setdefault((one.candidate or one.account or one.unit, one.check), set()).update(one.clauses)
    return found


def lost_posts(shown: Tour, blind: set[str]) -> list[str]:
    """Posts that were public on a page within reach of the nights and are not stored."""
    since = shown.county.nights[0] - FIRST_LOOK
    stored = {(post["account"], post["post_id"]) for post in posts(shown.workspace.engine)}
    return [
        f"{account.ref} {post_id}"
        for account in shown.county.accounts
        if account.ref not in blind and not account.story.get("reported")
        for post_id in shown.county.visible_posts(account, since=since)
        if (account.ref, post_id) not in stored
    ]


def invented_posts(shown: Tour) -> list[str]:
    """Stored posts of accounts with a list that no page of the county ever showed."""
    public = {
        (account.ref, post_id) for account in shown.county.accounts for post_id in shown.county.visible_posts(account)
    }
    reported = {account.ref for account in shown.county.accounts if account.story.get("reported")}
    stored = [(post["account"], post["post_id"]) for post in posts(shown.workspace.engine)]
    return [f"{ref} {post_id}" for ref, post_id in stored if ref not in reported and (ref, post_id) not in public]


def doubled_posts(shown: Tour) -> int:
    """Stored rows above the number of distinct posts."""
    count = select(func.count() - func.count((PostRow.platform + PostRow.post_id).distinct())).select_from(PostRow)
    with shown.workspace.engine.connect() as connection:
        return int(connection.execute(count).scalar_one())


def lists_an_account(shown: Tour) -> float:
    """List requests by account with a list source and night, averaged over all nights, first looks included."""
    asked: Counter[str] = Counter()
    for request in shown.server.log[: shown.marks[-1]]:
        asked.update(found[1] for pattern in LISTS if (found := pattern.match(request.url)))
    return sum(asked.values()) / (len(_with_list(shown)) * len(shown.county.nights))


def _with_list(shown: Tour) -> list[str]:
    known = {account.ref: account for account in account_queries.accounts(shown.workspace.engine)}
    crawled = [known[account.ref] for account in shown.county.accounts if account.crawled]
    return [account.ref for account in crawled if account.platform != "wechat" or account.feed_url is not None]
