"""Takes a certified entity (认证主体) apart: whose place it names, whether it is an office, media, a company or else.

云岭县医疗保障局 is an office of 云岭县, 云陵县融媒体中心 media of another county, 云岭文化传媒有限公司 a company that
borrows the place's name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from analysis import tables
from analysis.folding import fold

OFFICE, MEDIA, BODY, COMPANY, UNCLEAR = "office", "media", "body", "company", "unclear"
# What platforms add to the entity: 云岭县医疗保障局官方微博.
_TAIL = re.compile("(?:(?:官方|政务|认证|唯一)*(?:微博|微信|公众号|头条号|订阅号|服务号|账号|帐号|平台)|官方)$")
_PARTY = re.compile("^(?:中国共产党|中共)")
# Offices under a ministry put its name first: 国家税务总局云岭县税务局.
_MINISTRY = re.compile("^国家[\u4e00-\u9fff]{2,8}?(?:总局|局|委员会)(?=[\u4e00-\u9fff]{4})")
_COMPANY = re.compile("公司|有限|集团|商行|经营部|合作社|事务所|俱乐部|工作室|传媒中心|文化传播|个体|[店厂]$")
_MEDIA = re.compile("融媒体?|广播|电视|电台|报社|日报|晚报|新闻中心|新闻网|通讯社")
_OFFICE = re.compile(
    "(?:政府|委员会|办公室|办事处|法院|检察院|派出所|(?<![餐客歌舞])[厅局委]|大队|支队|总队|中队|[府政外]办|[市县区州省镇乡]委|政协|人大|团委|委.{0,8}部)"
    "(?:.{0,8}(?:分局|[处台科股站所队院校部组室]|中心|党支部|窗口))?$|^委$"
)
# They govern or serve themselves and file nothing; 办公室 after them makes no office of them.
_CIVIC = re.compile("(?:业主|村民|居民|家长|村务监督)(?:代表)?委员会|[业村居家]委会|商会|协会|联谊会|促进会")
_BODY = re.compile(
    "中心|协会|学会|联合会|总会|基金会|[学医]院|学校|大学|[小中]学|幼儿园|图书馆|博物馆|文化馆|工会|妇联|银行|医院|[社会站馆所园院队]$|"
    "..[处台校]$|...[科股]$"
)
# A trade or an admirer, whatever unit word stands before it: 教育博主.
_TRADE = re.compile("(?:博主|达人|作者|作家|创作者|自媒体人?|主播|爱好者)$")
_LEVELS = "自治州|自治县|自治旗|地区|省|市|州|县|区|旗|盟"
_LEVELLED = re.compile(f"[\u4e00-\u9fff]{{2,8}}?(?:{_LEVELS})")
_NO_PLACE = re.compile("社区|小区|园区|校区|景区|库区|灾区|山区|地区$|城市$|都市$|超市$|门市$|夜市$|楼市$|股市$")
_TOWN = re.compile("([\u4e00-\u9fff]{1,6}?(?:街道|镇|乡))(?:人民|政府|办|党|综合|社区|便民|派|中心|融)")
_LONGEST_PLACE = 15
Chain = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """A certified entity taken apart: its places as written, the widest first, the rest, and its sort.

    ``sort`` is ``office``, ``media``, ``body`` (any other organisation), ``company`` or ``unclear`` (perhaps a person).
    """

    text: str
    places: Chain
    rest: str
    town: str | None
    sort: str


@lru_cache(maxsize=4096)
def entity_of(shown: str, own: frozenset[str] = frozenset()) -> Entity:
    """The parts of an entity as a page shows it; ``own`` are the office's divisions in all their forms."""
    text = _MINISTRY.sub("", _PARTY.sub("", fold(shown)))
    while (shorter := _TAIL.sub("", text)) != text and shorter:
        text = shorter
    places, rest = split_places(text, own)
    town = _TOWN.match(rest)
    return Entity(text, places, rest, town[1] if town else None, _sort(rest))


def _sort(rest: str) -> str:
    patterns = ((COMPANY, _COMPANY), (BODY, _CIVIC), (MEDIA, _MEDIA), (OFFICE, _OFFICE), (BODY, _BODY))
    return next((sort for sort, pattern in patterns if pattern.search(rest)), UNCLEAR)


def is_person(entity: Entity) -> bool:
    """Whether nothing in an entity speaks of a unit: it is a trade, or has neither a place nor a unit's word."""
    if entity.sort != UNCLEAR:
        return False
    return bool(_TRADE.search(entity.rest)) or not (
        entity.places or entity.town or any(len(word) > 1 and word in entity.rest for word in tables.units())
    )


def split_places(text: str, own: frozenset[str] = frozenset()) -> tuple[Chain, str]:
    """The places at the front of a folded name, as written, and what comes after them."""
    places = list[str]()
    while (place := _first_place(text, own)) is not None:
        places.append(place)
        text = text.removeprefix(place)
    return tuple(places), text


def _first_place(text: str, own: frozenset[str]) -> str | None:
    beginnings = list(accumulate(text[:_LONGEST_PLACE]))[::-1]
    found = _LEVELLED.match(text)
    levelled = found[0] if found and not _NO_PLACE.search(found[0]) else None
    full = next((one for one in beginnings if len(one) > 1 and (one in tables.full_places() or one in own)), None)
    if full is not None or levelled is not None:
        return max(full or "", "" if full in tables.full_places() else levelled or "", key=len)
    return next((one for one in beginnings if one in tables.short_places() and _stands_alone(one, text)), None)


def _stands_alone(short: str, text: str) -> bool:
    """Whether a short form is a place: no township's (望江镇), nor an office's word (公安 is a county too)."""
    is_word = short in tables.units() or short in tables.platform_words()
    return not is_word and _TOWN.match(text) is None


def short_form(place: str) -> str:
    """A place's short form (简称), from the table or else without its level."""
    known = tables.full_places().get(place)
    if known is not None:
        return known
    level = re.search(f"(?:{_LEVELS})$", place)
    return place[: level.start()] if level and level.start() >= 2 else place


def place_codes_of(chain: Chain) -> frozenset[str]:
    """Codes of the divisions that a chain of places may mean, the last one within those before it."""
    if not chain:
        return frozenset()
    found = tables.place_codes().get(chain[-1], frozenset())
    for parent in chain[:-1]:
        within = tables.place_codes().get(parent, frozenset())
        inside = frozenset(code for code in found if any(code.startswith(one) and code != one for one in within))
        found = inside or found
    return found


@lru_cache(maxsize=1)
def _names_by_code() -> dict[str, str]:
    return {code: name for name in tables.full_places() for code in tables.place_codes()[name]}


def place_words(code: str) -> str:
    """A division with its province and city: ``东乡区（江西省抚州市）``."""
    names = _names_by_code()
    parents = "".join(names.get(code[:length], "") for length in (2, 4) if length < len(code))
    own = names.get(code, code)
    return f"{own}（{parents}）" if parents else own
