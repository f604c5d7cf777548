"""What the county's offices hand in: the register, reported links, observations with pictures, saved searches."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from demo.county import County, CountyAccount
from demo.pages.searches import saved_pages
from demo.pages.toutiao import profile_url
from demo.pages.wechat import album_url, short_url
from demo.posts import local
from records import SHANGHAI

REGISTER_TITLE = "云岭县政务新媒体备案登记汇总表"
OBSERVATION_HEADINGS = ("账号", "链接", "查看时间", "查看人", "最近一条发布日期", "本期更新条数", "截图文件")
_PLATFORM_NAMES = {"weibo": "新浪微博", "wechat": "微信公众号", "toutiao": "今日头条"}
_MENU = ("https://www.yunling.example/hudong/", "https://www.yunling.example/fuwu/")
_PICTURE_WIDTH, _PICTURE_HEIGHT = 360, 640


def write_register(county: County, path: Path, at: datetime | None = None) -> Path:
    """The register (.xlsx) as it stands at ``at`` (all of it when not given): accounts not yet opened are not in it.

    The title stands in row 1, a note in row 2, the header in row 3, as offices like to have it.
    """
    day = None if at is None else at.astimezone(SHANGHAI).date()
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101
    sheet.title = "汇总"
    rows = [
        _register_row(county, account, day) for account in county.accounts if day is None or account.opened_on <= day
    ]
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    sheet.append([REGISTER_TITLE])
    sheet.append([f"填报单位：{county.data['office']}"])
    sheet.append(["序号", *headings])
    for number, row in enumerate(rows, 1):
        sheet.append([number, *(row.get(heading) for heading in headings)])
    book.save(path)
    return path


def _register_row(county: County, account: CountyAccount, day: date | None) -> dict[str, Any]:
    data, known = account.data, day is None or day >= account.data.get("changed_on", date.min)
    return {
        "平台": _PLATFORM_NAMES.get(account.platform, account.platform),
        "账号名称": account.name if known else data["former_name"],
        "账号ID": "" if data.get("file_as") == "link" else data.get(data.get("file_as", "uid"), account.uid),
        "微信号": data.get("wechat_id"),
        "访问链接": _filed_link(account),
        "主办单位": account.unit.name,
        "单位简称": account.unit.short,
        "主管单位": county.data["office"],
        "行政区划": f"{county.data['city']}{county.data['name']}",
        "认证主体": account.unit.name,
        "账号类型": data.get("account_type"),
        "内容形式": data.get("medium", "图文"),
        "曾用名": data.get("former_name") if known else None,
        "运行状态": data.get("status", "正常"),
        **_dates(account, day),
        "适用规则": "、".join(data.get("regulations", ())) or None,
        "文章链接": album_url(account) if "album_id" in data else None,
        "订阅源": data.get("feed"),
        "订阅源完整": {True: "是", False: "否"}.get(data.get("feed_complete")),  # type: ignore[arg-type]
        "菜单链接": "\n".join((*_MENU, *filter(None, (data.get("menu_extra"),))))
        if account.platform == "wechat"
        else None,
        "网站地址": county.data["control"],
        "服务地址": _MENU[1],
        "允许域名": county.data["domain"],
    }


def _filed_link(account: CountyAccount) -> str | None:
    if account.platform == "weibo":
        return f"https://weibo.com/u/{account.uid}"
    if account.platform == "toutiao":
        numeric = f"https://www.toutiao.com/c/user/{account.data['user_id']}/"
        return profile_url(account) if account.data.get("file_as") == "link" else numeric
    if account.platform == "wechat" and account.data.get("file_as") == "link":
        return short_url(account.posts[0])
    return None


def _dates(account: CountyAccount, day: date | None) -> dict[str, date | None]:
    data, opened = account.data, account.opened_on
    changed: date | None = data.get("changed_on") or data.get("suspended_on")
    found = {
        "创建日期": opened,
        "备案提交日期": opened,
        "备案日期": opened,
        "核发日期": opened,
        "全国系统备案日期": opened + timedelta(days=1),
        "变更日期": changed,
        "变更备案日期": changed and changed - timedelta(days=1),
        "全国系统变更日期": changed,
        "关停备案日期": data.get("closing_filed_on"),
        "关停公告日期": data.get("closing_notice_on"),
    }
    return {name: value if value is None or day is None or value <= day else None for name, value in found.items()}


def write_reported_links(county: County, path: Path) -> Path:
    """The units' links as pasted from a chat: names, times and small talk between the addresses (.txt)."""
    lines = ["云岭政务新媒体工作群"]
    for account in county.accounts:
        for number, post in enumerate(county.reported_posts(account)):
            clock = post.at.astimezone(SHANGHAI) + timedelta(minutes=12)
            lines += ["", f"{account.unit.short}-罗一鸣 {clock:%m-%d %H:%M}"]
            lines += [
                f"{account.name}本周第{'一二三四五'[number]}条：{post.title}",
                f"{short_url(post)}?scene=1#wechat_redirect",
            ]
    lines += ["", "县政府办-顾南舟 11-15 17:02", "收到[强]，还没报的单位请抓紧。"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_observations(county: County, folder: Path) -> Path:
    """A filled observation sheet (.xlsx) with its pictures beside it, for the accounts that a person looked at."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101
    sheet.append(list(OBSERVATION_HEADINGS))
    for account in _observed(county):
        values = _observation(county, account, folder)
        sheet.append([account.name, *(values.get(heading) for heading in OBSERVATION_HEADINGS[1:])])
    path = folder / "人工查看表.xlsx"
    book.save(path)
    return path


def fill_observations(county: County, path: Path) -> list[str]:
    """Fill in the sheet that ``observe sheet`` wrote, in place, and put the pictures beside it.

    Returns:
        Names of the accounts filled in; rows of other accounts stay empty.

    Raises:
        ValueError: The sheet has no heading row, or an observed account is not in it.
    """
    book = load_workbook(path)
    rows = list(book.worksheets[0].iter_rows())
    header = next((row for row in rows if "查看人" in {str(cell.value) for cell in row}), None)
    if header is None:
        raise ValueError(f"{path.name}: 没有找到表头")
    columns = {str(cell.value): number for number, cell in enumerate(header)}
    filled = []
    for account in _observed(county):
        row = next((row for row in rows if _is_row_of(account, row)), None)
        if row is None:
            raise ValueError(f"{path.name}: 没有{account.name}这一行")
        for heading, value in _observation(county, account, path.parent).items():
            row[columns[heading]].value = value
        filled.append(account.name)
    book.save(path)
    return filled


def _is_row_of(account: CountyAccount, row: tuple[Any, ...]) -> bool:
    values = {str(cell.value) for cell in row}
    return bool({account.ref, account.uid, account.name} & values)


def _observed(county: County) -> list[CountyAccount]:
    return [account for account in county.accounts if "observed" in account.story]


def _observation(county: County, account: CountyAccount, folder: Path) -> Mapping[str, Any]:
    seen = account.story["observed"]
    name = f"{account.unit.short}_{account.name}.png"
    (folder / name).write_bytes(screenshot(len(account.posts)))
    return {
        "查看时间": local(county.data["observed_at"]).strftime("%Y-%m-%d %H:%M"),
        "查看人": county.data["observer"],
        "最近一条发布日期": seen["newest_on"],
        "本期更新条数": seen["n_updates"],
        "截图文件": name,
    }


def screenshot(n_posts: int) -> bytes:
    """A small PNG that stands for a phone's screenshot: a head bar and one grey bar for each of the posts shown."""
    white, grey, green = b"\xff\xff\xff", b"\xdd\xdd\xdd", b"\x07\xc1\x60"
    lines = []
    for line in range(_PICTURE_HEIGHT):
        inside = line > 90 and (line - 90) % 70 < 48 and (line - 90) // 70 < n_posts
        middle = green if line < 60 else grey if inside else white
        lines.append(b"\0" + white * 20 + middle * (_PICTURE_WIDTH - 40) + white * 20)
    header = struct.pack(">IIBBBBB", _PICTURE_WIDTH, _PICTURE_HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def write_search_pages(county: County, folder: Path) -> list[Path]:
    """The result pages that a person saved from a browser (.html), and a captcha page that came instead of one."""
    paths = []
    for name, page in saved_pages(county).items():
        (folder / name).write_text(page, encoding="utf-8")
        paths.append(folder / name)
    return paths
