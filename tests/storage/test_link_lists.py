"""Links on their way through a check: each address once, answers in the order given."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import LinkCheck
from storage.link_lists import LinkList

CHECK = LinkCheck(
    url="",
    state="dead",
    checked_at=datetime(2026, 11, 20, 1, tzinfo=UTC),
    final_url="https://a.example/b",
    status=404,
    reason="http_404",
    seconds=0.25,
    sha256="0" * 64,
    proven=True,
)
LINKS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2), st.integers(0, 3)))


def taken(links: LinkList, host: str, most: int) -> list[str]:
    found: list[str] = []
    while block := links.take(host, most):
        found += block
    return found


@given(LINKS, st.integers(1, 4), st.integers(0, 9))
def test_each_address_is_given_out_once_and_every_link_has_its_answer(
    numbers: list[tuple[int, int, int]], most: int, n_first: int
) -> None:
    rows = [
        (f"http://h{host}/{path}{'#' * part}", f"http://h{host}/{path}", f"h{host}") for path, host, part in numbers
    ]
    with LinkList() as links:
        links.add(rows[:n_first])
        links.add(rows[n_first:])
        hosts = dict(links.hosts())
        each = {host: taken(links, host, most) for host in hosts}
        links.save([replace(CHECK, url=address) for addresses in each.values() for address in addresses])
        assert hosts == Counter(host for _, host in {(address, host) for _, address, host in rows})
        assert sorted(address for addresses in each.values() for address in addresses) == sorted(
            {address for _, address, _ in rows}
        )
        assert list(links.answers()) == [replace(CHECK, url=url) for url, _, _ in rows]


def test_hosts_with_most_addresses_come_first() -> None:
    with LinkList() as links:
        links.add([("http://a/1", "http://a/1", "a"), *((f"http://b/{n}", f"http://b/{n}", "b") for n in range(3))])
        assert list(links.hosts()) == [("b", 3), ("a", 1)]


def test_what_was_not_asked_has_no_answer() -> None:
    with LinkList() as links:
        links.add([("http://a/1", "http://a/1", "a"), ("http://a/2", "http://a/2", "a")])
        links.save([replace(CHECK, url="http://a/2")])
        assert [check.url for check in links.answers()] == ["http://a/2"]
        assert (links.n_addresses, links.n_answered) == (2, 1)


def test_links_of_an_address_are_those_that_were_given() -> None:
    with LinkList() as links:
        links.add([(url, "http://a/1", "a") for url in ("http://a/1#x", "http://a/1", "http://a/1#x")])
        assert links.links_of(["http://a/1", "http://a/2"]) == {"http://a/1": ["http://a/1#x", "http://a/1"]}


@pytest.mark.parametrize("later", ["http://a/1", "http://a/2#x"])
def test_links_keep_their_order_where_one_comes_again_or_in_another_spelling_later(later: str) -> None:
    with LinkList() as links:
        links.add([(url, url, "a") for url in ("http://a/3", "http://a/1")])
        links.add([(later, later.partition("#")[0], "a")])
        links.save([replace(CHECK, url=f"http://a/{number}") for number in (1, 2, 3)])
        assert [check.url for check in links.answers()] == ["http://a/3", "http://a/1", later]
