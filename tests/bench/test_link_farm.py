"""The farm of links that the link check is measured on: its truth, and that every kind answers as it says."""

from __future__ import annotations

import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from itertools import islice
from pathlib import Path
from urllib.request import urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.link_farm import HOSTS, KINDS, Farm, farmed, kind_of, state_of
from bench.link_scores import least_seconds
from bench.links import check_quick

MADE_UP = Farm(port=8000, tls_port=8001)
HOST = HOSTS[0]


@pytest.fixture(scope="module")
def farm() -> Iterator[Farm]:
    with farmed() as served:
        yield served


def asked(farm: Farm, path: str, method: str = "GET") -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(HOST, farm.port, timeout=10)
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@given(st.integers(0, 3000), st.integers(0, 3000), st.booleans())
def test_a_shorter_list_begins_a_longer_one(one: int, other: int, quick: bool) -> None:
    short, long = sorted((one, other))
    assert list(MADE_UP.addresses(short, quick=quick)) == list(islice(MADE_UP.addresses(long, quick=quick), short))


def test_every_thousand_links_hold_the_same_kinds() -> None:
    addresses = list(MADE_UP.addresses(3000))
    shares = {name: kind.per_thousand for name, kind in KINDS.items()}
    assert sum(shares.values()) == 1000
    for start in (0, 1000, 2000):
        assert Counter(map(kind_of, addresses[start : start + 1000])) == shares


def test_no_address_comes_twice() -> None:
    assert len(set(MADE_UP.addresses(5000))) == 5000


def test_quick_links_have_no_hanging_one_among_them() -> None:
    assert {kind_of(one) for one in MADE_UP.addresses(2000, quick=True)} == {
        name for name, kind in KINDS.items() if kind.is_quick
    }
    assert least_seconds(MADE_UP.addresses(2000, quick=True)) == 0


def test_a_path_closed_to_robots_is_uncheckable_on_strict_hosts_only() -> None:
    assert state_of(MADE_UP.address("127.0.0.4", "closed", 1)) == "uncheckable"
    assert state_of(MADE_UP.address("127.0.0.5", "closed", 1)) == "alive"


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/page/1", 200, "政务公开"),
        ("/missing/1", 404, "404"),
        ("/fault/1", 500, "500"),
        ("/notice/2", 200, "您访问的页面不存在"),
        ("/notice/1", 200, "was not found"),
        ("/report/1", 200, "整改通报"),
        ("/wall/1", 200, "安全验证"),
        ("/robots.txt", 404, ""),
    ],
)
def test_a_link_answers_as_its_kind_says(farm: Farm, path: str, status: int, words: str) -> None:
    answer, body = asked(farm, path)
    assert answer.status == status
    assert words in body.decode()


def test_a_link_for_get_only_refuses_head(farm: Farm) -> None:
    assert asked(farm, "/get_only/1", "HEAD")[0].status == 405
    assert asked(farm, "/get_only/1")[0].status == 200


@pytest.mark.parametrize(("path", "statuses"), [("/detour/7", [302, 301, 200]), ("/moved/7", [301, 200])])
def test_a_detour_ends_at_a_page(farm: Farm, path: str, statuses: list[int]) -> None:
    assert [answer.status for answer in hops(farm, path)] == statuses


@pytest.mark.parametrize("path", ["/circle/1", "/circle/2"])
def test_a_circle_never_ends(farm: Farm, path: str) -> None:
    assert [answer.status for answer in islice(hops(farm, path), 40)] == [302] * 40


def hops(farm: Farm, path: str | None) -> Iterator[HTTPResponse]:
    """The answers along a chain of redirects."""
    while path is not None:
        answer, _ = asked(farm, path)
        yield answer
        path = answer.getheader("Location")


def test_a_reset_link_breaks_the_connection(farm: Farm) -> None:
    with socket.create_connection((HOST, farm.port)) as taken, pytest.raises(ConnectionResetError):
        taken.sendall(b"GET /reset/1 HTTP/1.1\r\nHost: a\r\n\r\n")
        taken.recv(1)


def test_a_hanging_link_says_nothing(farm: Farm) -> None:
    with socket.create_connection((HOST, farm.port)) as taken, pytest.raises(TimeoutError):
        taken.settimeout(0.3)
        taken.sendall(b"GET /hang/1 HTTP/1.1\r\nHost: a\r\n\r\n")
        taken.recv(1)


@pytest.mark.parametrize(("kind", "words"), [("untrusted", "self-signed"), ("plain", "wrong version number")])
def test_a_tls_link_fails_in_its_own_way(farm: Farm, kind: str, words: str) -> None:
    with pytest.raises(OSError, match=words) as failed:
        urlopen(farm.address(HOST, kind, 1), timeout=10)  # noqa: S310
    assert isinstance(failed.value.__cause__ or failed.value.args[0], ssl.SSLError)


def test_a_page_shows_the_whole_list(farm: Farm) -> None:
    _, body = asked(farm, "/list/250")
    assert all(f'"{address}"' in body.decode() for address in farm.addresses(250))


def test_ours_tells_the_true_states_of_quick_links(farm: Farm, tmp_path: Path) -> None:
    _, told = check_quick(farm, 400, tmp_path)
    assert told == Counter(map(state_of, farm.addresses(400, quick=True)))
