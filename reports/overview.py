"""Part one (总体情况) in sentences, each number with its denominator; and the one sentence for page and terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from records import Severity, Verdict
from reports.given import Given
from reports.report import AccountRow, Counts, Line
from reports.standing import trouble_by_reason
from reports.wording import bounds, listed, long_date, platform_name, platform_short, share, span_word


def sentence(kind: str, counts: Counts, rows: Sequence[AccountRow]) -> str:
    """``本周应查 38，已查 37，1 个未能核查：微信验证页``."""
    span = span_word(kind)
    if counts.due == 0:
        return f"{span}没有应查的账号"
    start = f"{span}应查 {counts.due}，已查 {counts.observed}，"
    if counts.unseen == 0:
        return start + "没有未能核查的账号"
    reasons = trouble_by_reason(rows, {row.platform: platform_short(row.platform) for row in rows})
    words = next(iter(reasons)) if len(reasons) == 1 else listed(reasons, "个")
    return f"{start}{counts.unseen} 个未能核查：{words}"


def overview(
    given: Given, counts: Counts, platforms: Sequence[Counts], lines: Sequence[Line], ledger: Sequence[Line]
) -> tuple[str, ...]:
    """The paragraphs of part one, without candidates."""
    parts = [
        _register(given, counts, platforms),
        _observed(counts),
        _problems(counts, lines),
        pass_words(counts, waiting=any(line.verdict is Verdict.PENDING for line in lines)),
        _decided(ledger),
    ]
    return tuple(part for part in parts if part)


def _register(given: Given, counts: Counts, platforms: Sequence[Counts]) -> str:
    first, last = bounds(given.period)
    crawled = {platform_name(row.platform): row.collected for row in platforms}
    others = {platform_name(row.platform): row.outside for row in platforms}
    words = f"检查时段为{long_date(first)}至{long_date(last)}。名录登记账号 {counts.registered} 个，"
    words += f"主办单位 {len(given.units)} 个。其中本软件采集的平台账号 {counts.collected} 个"
    words += f"（{listed(crawled, '个')}）" if counts.collected else ""
    if counts.outside:
        words += f"，本软件不采集的平台账号 {counts.outside} 个（{listed(others, '个')}），须人工查看"
    return words + "。"


def _observed(counts: Counts) -> str:
    words = f"本软件采集的 {counts.collected} 个账号中，"
    if counts.not_applicable:
        words += f"本期不适用 {counts.not_applicable} 个，"
    words += f"应查 {counts.due} 个，已查 {counts.observed} 个（{share(counts.observed, counts.due)}），"
    return words + f"未能核查 {counts.unseen} 个。"


def _problems(counts: Counts, lines: Sequence[Line]) -> str:
    if not lines:
        return (
            "本期没有列入通报的问题；未能核查的账号情况不明，另表列出。"
            if counts.unseen
            else "本期没有列入通报的问题。"
        )
    accounts, units = {line.ref for line in lines if line.ref}, {line.unit for line in lines}
    weights = Counter(line.severity for line in lines)
    by_weight = listed({str(weight): weights[weight] for weight in reversed(Severity)}, "条")
    words = f"列入通报的问题 {len(lines)} 条（{by_weight}），涉及账号 {len(accounts)} 个、主办单位 {len(units)} 个"
    waiting = sum(1 for line in lines if line.verdict is Verdict.PENDING)
    return words + (f"；其中属实 {len(lines) - waiting} 条，待核 {waiting} 条。" if waiting else "，均已核实。")


def pass_words(counts: Counts, *, waiting: bool) -> str:
    """The pass rate over wholly observed accounts with what it leaves out; no rate over an empty set."""
    if counts.observed == 0:
        return f"没有账号得到完整核查（应查 {counts.due} 个），不计算合格率。"
    words = f"已查的 {counts.observed} 个账号中，合格 {counts.good} 个，不合格 {counts.bad} 个，"
    words += f"合格率 {share(counts.good, counts.observed)}"
    if counts.unseen:
        words += f"；未能核查的 {counts.unseen} 个账号不计入合格率"
    if counts.bad_elsewhere:
        words += f"。另有 {counts.bad_elsewhere} 个账号未完整核查或本期不计入，但已见问题"
    return words + ("。待核的问题暂按不合格计，核实后重新计算。" if waiting else "。")


def _decided(ledger: Sequence[Line]) -> str:
    tally = Counter(line.verdict for line in ledger)
    told = listed({"误报": tally[Verdict.MISTAKEN], "已整改": tally[Verdict.RECTIFIED]}, "条")
    return f"经核实另有{told}，不列入本通报。" if told else ""


def candidate_words(number: int) -> tuple[str, ...]:
    """Suspected accounts as a number only; nothing where there are none."""
    return (f"检索发现的疑似账号 {number} 个待人工核实，本通报不列名。",) if number else ()
