"""One link check in plain Chinese (链接检测情况): what a clerk lays before the unit beside the page that answered."""

from __future__ import annotations

from collections.abc import Iterator

from records import LinkCheck
from reports.link_words import link_reason, link_state
from reports.visible import masked, visible
from reports.wording import minute

_UNANSWERED = "没有（没有取得应答）"
_LAST_LOOK = "以上是检测当时的情况；交主办单位前，请再打开一次该链接，现在能看到原内容的不要再列。"


def check_facts(check: LinkCheck) -> Iterator[tuple[str, str]]:
    """``(label, value)`` of a link check: address, state with its reason, time, HTTP status and final address."""
    why = link_reason(check.reason, check.status)
    yield "链接地址", visible(check.url)
    yield "检测结果", link_state(check.state) + (f"（{why}）" if why else "")
    yield "检测时间", f"{minute(check.checked_at)}（北京时间）"
    yield "HTTP 状态", _UNANSWERED if check.status is None else str(check.status)
    yield "最终地址", _UNANSWERED if check.final_url is None else visible(check.final_url)


def facts_text(check: LinkCheck, title: str, shown: str, files: list[tuple[str, str]]) -> str:
    """The text file about a link check.

    Args:
        check: What was concluded.
        title: Of the page that answered; ``""`` where none did, or it has none.
        shown: The words of that page as a reader sees them; the beginning is quoted.
        files: ``(name, what it is)`` of what lies beside the text.
    """
    facts = list(check_facts(check))
    facts += [(label, masked(text)) for label, text in (("网页标题", title), ("网页文字（开头）", shown)) if text]
    lines = [f"{label}：{value}" for label, value in facts]
    beside = ["", "同一文件夹里：", *(f"  {name}　{what}" for name, what in files)] if files else []
    return "\n".join([*lines, "", _LAST_LOOK, *beside]) + "\n"
