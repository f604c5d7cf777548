"""What records tell of themselves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from records import Profile


@pytest.mark.parametrize(
    ("bio", "links"),
    [
        (None, ()),
        ("云岭县人民政府办公室官方微博", ()),
        ("网站：https://www.yunling.example/index.html，电话", ("https://www.yunling.example/index.html",)),
        (
            "(http://a.example/?x=1&y=2). http://b.example，http://c.example/路",
            ("http://a.example/?x=1&y=2", "http://b.example", "http://c.example/"),
        ),
        ("https://", ()),
    ],
)
def test_links_of_a_profile_are_the_addresses_in_its_bio(bio: str | None, links: tuple[str, ...]) -> None:
    profile = Profile(
        platform="weibo",
        account="weibo:1",
        uid="1",
        name="云岭发布",
        observed_at=datetime(2026, 11, 20, tzinfo=UTC),
        bio=bio,
    )
    assert profile.links == links
