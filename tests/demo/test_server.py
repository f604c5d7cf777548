"""The mirror: addresses, failures, the settable moment, the log and the overrides."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import pytest

from demo.county import load_county
from demo.server import CountyServer, original_url

COUNTY = load_county()
UID = "7601000003"
PROFILE = f"m.weibo.cn/api/container/getIndex?type=uid&value={UID}"


@pytest.fixture
def server() -> Iterator[CountyServer]:
    with CountyServer(COUNTY, now=COUNTY.nights[-1]) as running:
        yield running


def get(server: CountyServer, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_the_path_stands_for_the_original_address() -> None:
    assert original_url("/https/t.cn/A6?x=%2F") == "https://t.cn/A6?x=%2F"
    assert original_url("/favicon.ico") == original_url("/ftp/host/x") == ""


def test_a_page_is_served_under_its_original_address(server: CountyServer) -> None:
    status, headers, body = get(server, f"/https/{PROFILE}")
    assert (status, headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert UID.encode() in body


def test_an_unknown_host_is_a_name_that_does_not_exist(server: CountyServer) -> None:
    status, headers, _ = get(server, "/https/nowhere.example/x")
    assert (status, headers["X-Mirror-Error"]) == (502, "dns")


def test_an_unknown_page_of_the_government_site_is_404(server: CountyServer) -> None:
    assert get(server, "/https/www.yunling.example/nirgends.html")[0] == 404


def test_the_control_address_is_alive(server: CountyServer) -> None:
    assert get(server, "/https/www.yunling.example/")[0] == 200


def test_a_whole_host_is_down_for_one_night(server: CountyServer) -> None:
    server.now = COUNTY.nights[3]
    assert get(server, f"/https/{PROFILE}")[1]["X-Mirror-Error"] == "timeout"
    server.now = COUNTY.nights[4]
    assert get(server, f"/https/{PROFILE}")[0] == 200


def test_redirects_keep_original_addresses(server: CountyServer) -> None:
    status, headers, _ = get(server, "/http/t.cn/A6yunl02")
    assert (status, headers["Location"]) == (302, "https://www.yunling.example/hudong/")


def test_a_page_can_fail_once_and_be_alive_the_next_night(server: CountyServer) -> None:
    path = "/https/www.yunling.example/tongji/500-once.html"
    server.now = COUNTY.nights[1]
    first = get(server, path)[0]
    server.now = COUNTY.nights[2]
    assert (first, get(server, path)[0]) == (500, 200)


def test_weibo_has_no_robots_file_and_toutiao_keeps_its_search_to_itself(server: CountyServer) -> None:
    assert get(server, "/https/m.weibo.cn/robots.txt")[0] == 404
    assert b"Disallow: /search" in get(server, "/https/www.toutiao.com/robots.txt")[2]


def test_every_request_is_logged_with_its_original_address(server: CountyServer) -> None:
    get(server, "/https/www.yunling.example/")
    get(server, "/https/www.yunling.example/weg", "HEAD")
    asked = [(entry.method, entry.url, entry.status) for entry in server.log]
    assert asked == [
        ("GET", "https://www.yunling.example/", 200),
        ("HEAD", "https://www.yunling.example/weg", 404),
    ]


def test_an_override_answers_in_place_of_the_county(server: CountyServer) -> None:
    server.overrides = {"https://www.yunling.example/*": (503, {"X-Mirror-Error": "reset"}, b"")}
    status, headers, _ = get(server, "/https/www.yunling.example/")
    assert (status, headers["X-Mirror-Error"]) == (503, "reset")
    server.overrides = lambda url: None
    assert get(server, "/https/www.yunling.example/")[0] == 200
