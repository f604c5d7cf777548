"""xuncha.toml is read strictly: an unknown key names the nearest, a wrong value says what it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from records import Account
from scheduler.clock import Clock
from scheduler.config import Config, ConfigError, load_config
from scheduler.consents import load_secrets, missing_secrets, secret_variable
from scheduler.workspace import Workspace

PERMITTED = '[hosts."m.weibo.cn"]\nrobots = "permitted"\n'


def read(folder: Path, text: str, environment: Mapping[str, str] | None = None) -> Config:
    (folder / "xuncha.toml").write_text(text, encoding="utf-8")
    return load_config(folder, environment or {})


def refusal(folder: Path, text: str, environment: Mapping[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        read(folder, text, environment)
    return str(caught.value)


def test_the_shipped_file_is_valid(tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent.parent / "scheduler" / "xuncha.toml").read_text(encoding="utf-8")
    assert read(tmp_path, text).schedule.nightly == "01:30"


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "xuncha.toml").write_text("[crawl]\npage_limit = 3\n", encoding="utf-8-sig")
    assert load_config(tmp_path, {}).crawl.page_limit == 3


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("[crwl]\ndelay_seconds = 2", "crawl"),
        ("[crawl]\ndelay_second = 2", "delay_seconds"),
        ("[rules]\nsilnt_days = 90", "silent_days"),
        ("[rules]\nregulation = []", "regulations"),
        ("[schedule]\nnighly = '01:30'", "nightly"),
        ('[hosts."m.weibo.cn"]\nrobot = "obey"', "robots"),
    ],
)
def test_an_unknown_key_names_the_nearest(text: str, nearest: str, tmp_path: Path) -> None:
    assert f"是不是想写 {nearest}？" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("crawl = 3", "[crawl]"),
        ("[crawl]\ndelay_seconds = 'x'", "crawl.delay_seconds 的值不对：要写成数字"),
        ("[crawl]\ndelay_seconds = 0.5", "delay_seconds 至少为 1 秒"),
        ("[crawl]\npage_limit = 1000", "不能大于 200"),
        ("[crawl]\nmirror = 'ftp://x'", "crawl.mirror"),
        ("[links]\nconcurrency = 0", "不能小于 1"),
        ("[links]\nallow_private = ['10.0.0.1/8']", "links.allow_private.0 的值不对：要写成网段"),
        ("[rules]\nregulations = 'zezhou-2022'", "要写成列表"),
        ("[rules]\nsilent_days = 1.5", "rules.silent_days"),
        ('[hosts."m.weibo.cn"]\nrobots = "yes"', "'obey'、'permitted'"),
        ("[office\n", "第 1 行"),
        ("[crawl]\na = \n", "第 2 行"),
    ],
)
def test_a_wrong_value_is_told_in_chinese(text: str, said: str, tmp_path: Path) -> None:
    assert said in refusal(tmp_path, text)


@pytest.mark.parametrize("control", [
    "www.gov.cn", "", " https://www.gov.cn/", "ftp://www.gov.cn/", "https:///a", "https://a b/", "https：//www.gov.cn/",
    "https://user:geheim@www.gov.cn/", "http://t.cn/A6abc", "javascript:;",
    "https://www.gov.cn/，https://www.sd.example/",
])  # fmt: skip
def test_a_control_address_that_can_never_answer_is_refused(control: str, tmp_path: Path) -> None:
    said = refusal(tmp_path, f'[links]\ncontrol = ["https://www.yunling.example/", "{control}"]')
    assert f"“{control}”不能用来对照" in said and "https://www.gov.cn/" in said and said.count("。") == 1


@pytest.mark.parametrize("control", ["http://10.1.2.3/", "http://127.1/", "http://[::1]/"])
def test_a_private_control_address_needs_its_network_allowed(control: str, tmp_path: Path) -> None:
    text = f'[links]\ncontrol = ["{control}"]\n'
    assert "内网或本机地址" in refusal(tmp_path, text)
    allowed = 'allow_private = ["10.0.0.0/8", "127.0.0.0/8", "::1/128"]'
    assert read(tmp_path, text + allowed).links.control == (control,)


@pytest.mark.parametrize(
    "control", ["https://www.gov.cn", "http://云岭.example/首页", "https://223.5.5.5/", "HTTP://A/"]
)
def test_a_control_address_may_be_any_public_one(control: str, tmp_path: Path) -> None:
    assert read(tmp_path, f'[links]\ncontrol = ["{control}"]').links.control == (control,)


def test_a_local_name_is_no_control_address_in_any_network(tmp_path: Path) -> None:
    text = '[links]\ncontrol = ["http://oa.lan/"]\nallow_private = ["10.0.0.0/8"]'
    assert "内网或本机的名称" in refusal(tmp_path, text)


def test_no_pause_is_allowed_with_a_mirror_only(tmp_path: Path) -> None:
    assert read(tmp_path, "[crawl]\ndelay_seconds = 0\nmirror = 'http://127.0.0.1:1'").crawl.delay_seconds == 0
    assert "至少为 1 秒" in refusal(tmp_path, "[crawl]\ndelay_seconds = 0.99")


@pytest.mark.parametrize("missing", ["permitted_by", "permitted_on", "permission"])
def test_a_permitted_host_needs_all_three(missing: str, tmp_path: Path) -> None:
    three = {"permitted_by": '"平台运营方"', "permitted_on": "2026-11-01", "permission": '"许可函.pdf"'}
    whole = PERMITTED + "".join(f"{key} = {value}\n" for key, value in three.items())
    assert read(tmp_path, whole).hosts["m.weibo.cn"].robots == "permitted"
    lacking = PERMITTED + "".join(f"{key} = {value}\n" for key, value in three.items() if key != missing)
    assert "三项都要填写" in refusal(tmp_path, lacking)


def test_the_environment_wins_and_lists_are_json(tmp_path: Path) -> None:
    given = {
        "XUNCHA_CRAWL_MIRROR": "http://127.0.0.1:1",
        "XUNCHA_CRAWL_DELAY_SECONDS": "0",
        "XUNCHA_LINKS_CONTROL": '["https://www.yunling.example/"]',
        "XUNCHA_RULES_SILENT_DAYS": "90",
        "XUNCHA_RULES_REGULATIONS": '["zezhou-2022"]',
    }
    found = read(tmp_path, "[crawl]\ndelay_seconds = 5\n[rules]\nsilent_days = 60", given)
    assert (found.crawl.mirror, found.crawl.delay_seconds) == ("http://127.0.0.1:1", 0)
    assert found.links.control == ("https://www.yunling.example/",)
    assert (found.rules.settings, found.rules.regulations) == ({"silent_days": 90}, ("zezhou-2022",))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("XUNCHA_CRAWL_MIRROUR", "http://127.0.0.1:1", "环境变量 XUNCHA_CRAWL_MIRROUR；是不是想写 mirror"),
        ("XUNCHA_RULES_SILNT_DAYS", "90", "是不是想写 silent_days"),
        ("XUNCHA_LINKS_CONTROL", '["a"', "要写成列表"),
        ("XUNCHA_LINKS_CONTROL", "https://a/", "要写成列表"),
        ("XUNCHA_CRAWL_PAGE_LIMIT", "many", "要写成整数"),
    ],
)
def test_a_wrong_variable_is_refused(name: str, value: str, said: str, tmp_path: Path) -> None:
    assert said in refusal(tmp_path, "", {name: value})


def test_variables_that_mean_no_key_are_left_alone(tmp_path: Path) -> None:
    given = {"XUNCHA_HOME": "/x", "XUNCHA_NOW": "x", "XUNCHA_CHROMIUM": "/x", "XUNCHA_WECHAT_API_SECRET": "geheim"}
    assert read(tmp_path, "", given) == Config()


@pytest.mark.parametrize(
    ("text", "said"),
    [("silent_days = 0", "silent_days"), ("update_week = 'x'", "update_week"), ("regulations = ['zz-1']", "zz-1")],
)
def test_a_setting_that_no_document_allows_stops_every_command(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "xuncha.toml").write_text(f"[rules]\n{text}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        Workspace.open(tmp_path, Clock())


APP = '{account = "wechat:gh_00000000000a", appid = "wx0123456789abcdef"}'
UNIT = Account(
    platform="wechat",
    uid="MzkwMDAwMDAwMQ==",
    name="云岭发布",
    unit="云岭县人民政府办公室",
    aliases={"gh_id": "gh_00000000000a"},
)


def test_a_consenting_account_is_known_by_any_of_its_keys(tmp_path: Path) -> None:
    found = read(tmp_path, f"[wechat_api]\naccounts = [{APP}]").wechat_api
    assert found.appid_of(UNIT) == "wx0123456789abcdef"
    assert found.appid_of(replace(UNIT, aliases={})) is None


def test_consents_may_come_by_environment_as_json(tmp_path: Path) -> None:
    given = {"XUNCHA_WECHAT_API_ACCOUNTS": '[{"account": "wechat:x", "appid": "wx0123456789abcdef"}]'}
    assert [app.account for app in read(tmp_path, "", given).wechat_api.accounts] == ["wechat:x"]


@pytest.mark.parametrize(
    ("accounts", "said"),
    [
        (APP.replace("appid", "apid"), "是不是想写 appid？"),
        (APP.replace("wechat:", ""), "wechat:账号ID"),
        (APP.replace('"wx', '"'), "AppID 以 wx 开头"),
        ('{account = "wechat:x"}', "appid 的值不对：没有写"),
        (f"{APP}, {APP}", "写了两次"),
        (f"{APP}, {APP.replace('000a', '000b')}", "写了两次"),
        ('{account = "wechat:x", appid = "wx0123456789abcdef", secret = "geheim"}', "不认识的配置项"),
    ],
)
def test_a_consent_that_is_written_wrong_is_told(accounts: str, said: str, tmp_path: Path) -> None:
    refused = refusal(tmp_path, f"[wechat_api]\naccounts = [{accounts}]")
    assert said in refused and "geheim" not in refused


def test_a_secret_comes_from_the_environment_in_either_case(tmp_path: Path) -> None:
    wechat_api = read(tmp_path, f"[wechat_api]\naccounts = [{APP}]").wechat_api
    for name in (secret_variable("wx0123456789abcdef"), "XUNCHA_WECHAT_API_SECRET_wx0123456789abcdef"):
        given = {name: " geheim\n", "XUNCHA_WECHAT_API_SECRET_WXANDERE": "y"}
        assert load_secrets(wechat_api, given).of("wx0123456789abcdef") == "geheim"
        assert missing_secrets(wechat_api, given) == []


@pytest.mark.parametrize("given", [{}, {"XUNCHA_WECHAT_API_SECRET_WX0123456789ABCDEF": " "}])
def test_a_missing_secret_is_named_with_its_variable(given: dict[str, str], tmp_path: Path) -> None:
    wechat_api = read(tmp_path, f"[wechat_api]\naccounts = [{APP}]").wechat_api
    (said,) = missing_secrets(wechat_api, given)
    assert "请设置环境变量 XUNCHA_WECHAT_API_SECRET_WX0123456789ABCDEF" in said
    assert load_secrets(wechat_api, given).of("wx0123456789abcdef") is None


def test_result_pages_cannot_be_kept_longer_than_thirty_days(tmp_path: Path) -> None:
    assert "evidence.search_days 的值不对：不能大于 30" in refusal(tmp_path, "[evidence]\nsearch_days = 31")
    assert read(tmp_path, "").evidence.keep_days == 180
