"""The addresses that the register names are read out of what people write into its cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.probed import host_name, page_of, request_of, services_of, websites_of
from records import Account

PLAIN = Account(platform="weibo", uid="1", name="云岭发布", unit="云岭县政府")


def filed(cell: str, **more: str) -> Account:
    return Account(
        platform=more.get("platform", "weibo"),
        uid="1",
        name="云岭发布",
        unit="云岭县政府",
        url=more.get("url"),
        status=more.get("status", "正常"),
        fields={"网站地址": cell, "服务地址": cell},
    )


@pytest.mark.parametrize(
    ("cell", "addresses"),
    [
        ("https://www.yunling.example.cn", ("https://www.yunling.example.cn",)),
        ("www.yunling.example.cn", ("http://www.yunling.example.cn",)),
        ("云岭.政务/ 、 https://a.example.cn/b?c=d,e", ("http://云岭.政务/", "https://a.example.cn/b?c=d,e")),
        ("https://a.example.cn\nhttps://a.example.cn", ("https://a.example.cn",)),
        ("无", ()),
        ("暂未建设；2026.11", ()),
        ("ftp://a.example.cn", ()),
        ("", ()),
    ],
)
def test_a_cell_is_read_as_people_fill_it(cell: str, addresses: tuple[str, ...]) -> None:
    assert websites_of([filed(cell)]) == addresses
    assert services_of(filed(cell)) == addresses


def test_a_government_website_in_the_register_is_probed_itself() -> None:
    site = filed("", platform="website", url="https://www.yunling.example.cn/")
    assert websites_of([PLAIN, site]) == ("https://www.yunling.example.cn/",)


@pytest.mark.parametrize("status", ["注销", "关停"])
def test_what_has_ended_names_nothing(status: str) -> None:
    ended = filed("https://a.example.cn", status=status)
    assert (websites_of([ended]), services_of(ended)) == ((), ())


@given(st.text(max_size=60))
def test_whatever_a_cell_holds_is_read_without_fault(cell: str) -> None:
    for address in websites_of([filed(cell)]):
        assert address.lower().startswith(("http://", "https://"))
        host_name(address)


@given(st.text(st.sampled_from("aZ政./:?#@%[]1 -\ud800"), max_size=20))
def test_a_request_is_the_same_request_again_whatever_was_written(rest: str) -> None:
    request = request_of(f"http://{rest}")
    assert request_of(request) == request


@pytest.mark.parametrize("port", ["", ":443", ":80"])
def test_http_and_https_are_of_one_page_where_the_port_is_the_usual_one(port: str) -> None:
    pages = {page_of(request_of(f"{scheme}://www.yunling.example.cn{port}/a")) for scheme in ("http", "https")}
    assert len(pages) == (1 if port == "" else 2)
