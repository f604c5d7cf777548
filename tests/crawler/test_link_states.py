"""What an answer says of its address: no notice missed that is one, no page accused that is none."""

from __future__ import annotations

import pytest

from crawler.link_states import most_bytes, standing_of_answer
from tests.conftest import SHARED
from tests.crawler.link_answers import ASKED, AT, PAGES, answer, framed, page
from tests.crawler.link_site import CHALLENGE

HOME = "http://www.yunling.example/"


def told(body: str | bytes, asked: str | None = None, **changed: object) -> tuple[str, str | None]:
    standing = standing_of_answer(answer(body, **changed), asked)
    return standing.state, standing.reason


@pytest.mark.parametrize(("title", "body"), PAGES["dead_alone"])
def test_a_page_that_is_nothing_but_the_notice_is_dead(title: str, body: str) -> None:
    assert told(page(title, body)) == ("dead", "soft_404")


@pytest.mark.parametrize(("title", "body"), PAGES["dead_framed"])
def test_a_notice_in_the_title_and_the_words_is_dead_in_any_frame(title: str, body: str) -> None:
    assert told(framed(title, body)) == ("dead", "soft_404")


@pytest.mark.parametrize(("title", "body"), PAGES["alive_alone"])
def test_a_short_page_about_something_else_is_alive(title: str, body: str) -> None:
    assert told(page(title, body)) == ("alive", None)


@pytest.mark.parametrize(("title", "body"), PAGES["led_on"])
def test_a_page_that_is_elsewhere_is_not_dead_by_its_words(title: str, body: str) -> None:
    assert told(page(title, body)) == ("alive", None)


@pytest.mark.parametrize(("title", "body"), PAGES["about_others"])
def test_a_short_page_about_other_pages_is_not_dead_by_its_words(title: str, body: str) -> None:
    assert told(page(title, body)) == ("alive", None)


@pytest.mark.parametrize(("title", "body"), PAGES["maintenance"])
def test_a_notice_of_a_host_at_work_on_itself_says_nothing(title: str, body: str) -> None:
    assert told(page(title, body)) == ("failing", "maintenance")


@pytest.mark.parametrize(("title", "body"), [*PAGES["dead_alone"], *PAGES["dead_framed"]])
def test_no_words_make_a_home_page_dead(title: str, body: str) -> None:
    assert told(page(title, body), asked=HOME, url=HOME) == ("uncheckable", "unparsed")
    assert told(page(title, body), asked=HOME, url=f"{HOME}404.html") == ("uncheckable", "unparsed")


def test_a_home_page_that_has_moved_is_there() -> None:
    words = "本站点已转移，请访问新网站 http://new.yunling.example/"
    assert told(page("云岭县", words), asked=HOME, url=HOME) == ("alive", None)


def test_the_words_of_a_home_page_that_a_deep_address_led_to_do_not_decide() -> None:
    assert told(page("提示", "您访问的页面不存在"), asked=ASKED, url=HOME) == ("alive", None)


@pytest.mark.parametrize("named", ["http://[", "javascript:back()", "//new.example/", "", "art_1.html"])
def test_what_leads_nowhere_that_can_be_told_does_not_lead_home(named: str) -> None:
    assert told(page("提示", f"页面不存在<script>location.href='{named}'</script>")) == ("alive", None)


@pytest.mark.parametrize(("title", "body"), [*PAGES["alive_framed"], *PAGES["compared_framed"]])
def test_words_of_a_notice_inside_a_whole_page_do_not_make_it_dead(title: str, body: str) -> None:
    assert told(framed(title, body)) == ("alive", None)


@pytest.mark.parametrize(("title", "body"), PAGES["unseen"])
def test_words_that_no_reader_sees_make_no_page_dead(title: str, body: str) -> None:
    assert told(page(title, body)) == ("alive", None)
    assert told(framed(title, body)) == ("alive", None)


@pytest.mark.parametrize(("title", "body"), PAGES["seen"])
def test_a_notice_beside_what_is_not_shown_is_dead(title: str, body: str) -> None:
    assert told(page(title, body)) == ("dead", "soft_404")


@pytest.mark.parametrize("way", ["hidden", "v-show='article'", "style='display:none'"])
def test_a_notice_beside_a_long_text_that_is_not_shown_yet_is_not_all_there_is(way: str) -> None:
    article = f"<div {way}>{'云岭县办事指南。' * 60}</div>"
    assert told(page("云岭县", f"{article}<p>该内容不存在</p>")) == ("alive", None)


@pytest.mark.parametrize("status", [200, 404])
def test_a_verification_that_is_not_shown_yet_is_still_one(status: int) -> None:
    assert told(page("云岭县", "<div hidden>请完成滑块验证</div>"), status=status) == ("blocked", "verification")


def test_a_long_text_that_is_not_shown_yet_has_no_verification_in_its_place() -> None:
    assert told(page("云岭县", f"<div hidden>{'云岭县办事指南。' * 120}</div>请完成滑块验证")) == ("alive", None)


def test_a_title_longer_than_a_notice_is_none() -> None:
    notice = "页面不存在 - 云岭县人民政府"
    assert told(framed(notice, "您访问的页面不存在")) == ("dead", "soft_404")
    assert told(framed("!" * 200 + notice, "您访问的页面不存在")) == ("alive", None)


def test_a_clause_that_the_reading_would_cut_goes_on() -> None:
    words = "寻人启事：老人已找到，" + "云" * 33 + "，页面不存在问题的通报"
    assert told(page("云岭县", words)) == ("alive", None)


def test_the_table_has_sixty_pages_of_each_kind() -> None:
    assert len(PAGES["dead_alone"]) + len(PAGES["dead_framed"]) >= 60
    assert len(PAGES["alive_alone"]) + len(PAGES["alive_framed"]) >= 60


@pytest.mark.parametrize(("title", "body"), PAGES["login_alone"])
def test_a_page_that_is_a_login_is_blocked(title: str, body: str) -> None:
    assert told(page(title, body)) == ("blocked", "login")


@pytest.mark.parametrize(("title", "body"), PAGES["login_not"])
def test_a_page_about_logging_in_is_alive(title: str, body: str) -> None:
    assert told(page(title, body)) == ("alive", None)


@pytest.mark.parametrize(("title", "body"), PAGES["login_alone"])
def test_a_portal_with_a_login_box_is_alive(title: str, body: str) -> None:
    assert told(framed("云岭县政务服务网", body)) == ("alive", None)


@pytest.mark.parametrize(
    "final",
    [
        "https://login.yunling.example/?back=x",
        "https://www.yunling.example/sso/login?service=x",
        "https://www.yunling.example/cas?service=x",
        "https://www.yunling.example/app/userLogin.do",
        "https://passport.yunling.example/",
    ],
)
def test_a_redirect_to_a_login_is_blocked(final: str) -> None:
    assert told(framed("云岭县", "加载中"), asked=ASKED, url=final) == ("blocked", "login")


@pytest.mark.parametrize(
    ("asked", "final"),
    [
        ("https://login.yunling.example/", "https://login.yunling.example/index"),
        (ASKED, "https://www.yunling.example/home?next=/login"),
        (ASKED, "https://www.yunling.example/blogin/"),
        (ASKED, ASKED),
    ],
)
def test_a_login_that_was_asked_for_or_is_only_mentioned_is_no_wall(asked: str, final: str) -> None:
    assert told(framed("云岭县", "加载中"), asked=asked, url=final) == ("alive", None)


@pytest.mark.parametrize("status", [200, 404, 410, 500, 403])
def test_a_verification_is_told_before_any_status(status: int) -> None:
    assert told(CHALLENGE, status=status) == ("blocked", "verification")


def test_a_notice_in_a_page_that_was_cut_needs_its_title() -> None:
    assert told(page("提示", "该页面不存在"), whole=False) == ("alive", None)
    assert told(page("页面不存在", "该页面不存在"), whole=False) == ("dead", "soft_404")


def test_a_picture_is_alive_whatever_its_bytes() -> None:
    assert told("404 Not Found", content_type="image/png") == ("alive", None)


def test_a_long_wechat_address_at_the_verification_wall_is_not_dead() -> None:
    notice = '<html><body><div class="weui-msg"><div class="weui-msg__title">环境异常</div></div></body></html>'
    address = "https://mp.weixin.qq.com/s?__biz=MzA5&mid=2650000001&idx=1&sn=abc#rd"
    assert told(notice, url=address) == ("blocked", "verification")
    wall = "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x&target_url=y"
    assert told(framed("", "完成验证后即可继续访问"), asked=address, url=wall) == ("blocked", "verification")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the recordings are not here")
@pytest.mark.parametrize(
    ("file", "address", "expected"),
    [
        ("toutiao/pc_acrawler_challenge_2026-01-20.html", "https://www.toutiao.com/c/user/token/M/", "blocked"),
        ("wechat/sogou_antispider_2017.html", "https://weixin.sogou.com/antispider/?from=x", "blocked"),
        (
            "wechat/state_temporarily_unavailable.html",
            "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv",
            "uncheckable",
        ),
        ("wechat/state_deleted_zh.html", "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv", "dead"),
        ("wechat/article_2025_original.html", "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv", "alive"),
    ],
)
def test_a_recorded_page_of_a_platform_has_its_state(file: str, address: str, expected: str) -> None:
    body = (SHARED / "recordings" / file).read_bytes()
    assert told(body, url=address)[0] == expected


def test_more_is_read_of_a_platforms_page() -> None:
    assert most_bytes("https://www.toutiao.com/a", AT) > most_bytes(HOME, AT)
