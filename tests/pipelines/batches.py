"""Made-up batches of one Weibo account."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.page import Batch
from records import Account, Coverage, Post

NOW = datetime(2026, 11, 15, 17, 30, tzinfo=UTC)
ACCOUNT = Account(
    platform="weibo",
    uid="1000000001",
    name="云岭发布",
    unit="云岭县人民政府办公室",
    aliases={"uid": "1000000001"},
)


def post(number: int = 1, **changes: Any) -> Post:
    """A complete post, published so many hours ago."""
    made = Post(
        platform="weibo",
        account=ACCOUNT.ref,
        post_id=str(4900000000000000 + number),
        url=f"https://m.weibo.cn/status/{4900000000000000 + number}",
        published_at=NOW - timedelta(hours=number),
        text=f"第{number}条",
    )
    return replace(made, **changes)


def batch(*records: Any, **changes: Any) -> Batch:
    """A batch whose page covered fifteen days."""
    coverage = Coverage(
        account=ACCOUNT.ref,
        status="complete",
        source="page",
        checked_at=NOW,
        covered_from=NOW - timedelta(days=15),
        covered_to=NOW,
        pages=1,
    )
    made = Batch(
        account=ACCOUNT, coverage=coverage, kind="timeline", records=records, page_url="https://m.weibo.cn/api/list"
    )
    return replace(made, **changes)
