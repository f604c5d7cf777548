"""One WeChat post known by four forms of its address is one post, in whatever order they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from crawler.spiders.wechat import address_key
from records import Post
from storage.queries import held, posts
from storage.store import Store
from tests.storage.conftest import WECHAT
from tests.storage.test_store import NOW, seen

BIZ = "MzA0MDAwMDAwMQ=="
SHORT = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"
LONG = f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=2650000001&idx=1&sn=0123456789abcdef0123456789abcdef"
SAME = (
    SHORT,
    "http://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv?scene=1&click_id=2",
    LONG,
    f"http://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid=2650000001&amp;idx=1&amp;sn=0123456789abcdef&amp;chksm=1#rd",
)
FULL = f"{BIZ}:2650000001:1"
FORMS = {
    "feed": ("s/abcdefghijklmnopqrstuv", "feed", ("s/abcdefghijklmnopqrstuv",)),
    "album": (FULL, "album", (FULL,)),
    "short page": (FULL, "page", ("s/abcdefghijklmnopqrstuv", FULL)),
    "long page": (FULL, "page", (FULL,)),
}


def form(name: str) -> Post:
    post_id, proof, addresses = FORMS[name]
    made = Post(platform="wechat", account=WECHAT.ref, post_id=post_id, url=SHORT, published_at=NOW, title="通知")
    text = "全文" if proof == "page" else None
    return replace(made, proof=proof, addresses=addresses, text=text, text_complete=text is not None)


@pytest.mark.parametrize("url", SAME)
def test_an_address_has_one_of_two_keys(url: str) -> None:
    assert address_key(url) == ("s/abcdefghijklmnopqrstuv" if "/s/" in url else FULL)


@pytest.mark.parametrize("order", list(permutations(FORMS)), ids=" ".join)
def test_four_forms_are_one_post(order: Sequence[str], store: Store) -> None:
    run = store.begin_run("crawl", NOW, None)
    for name in order:
        store.save_page(run, seen(WECHAT.ref), [form(name)], None, None)
    (stored,) = posts.posts(store.engine)
    assert (stored["post_id"], stored["text"]) == (FULL, "全文")
    assert {held.post_of_address(store.engine, "wechat", address_key(url) or "") for url in SAME} == {
        (WECHAT.ref, FULL)
    }
