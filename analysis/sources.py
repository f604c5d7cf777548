"""What many accounts are observed through (来源): when all of it falls silent or is walled, that is one doubt. Pure.

A source is a platform's own list, its API, or the host of feeds (订阅源). A bridge that goes on stamping new times
and delivers nothing, a list served from a stale copy: each looks like a county in which every office fell silent.
The machine cannot tell that from a county that did, as over the Spring Festival (春节). It need not: an office
accused in public cannot be given its name back, while a person who opens three accounts on a telephone knows. So
absence in such a stretch is unknown, and one finding asks for that look. 误报 on it says that the source is sound.

A stretch is held against the same days of the weeks before, so weekends and nights are none. What ended in
platforms' own lists is no outage, as the healed list shows what was missed; a bridge does not catch up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from analysis.coverage import seen_by_list
from analysis.findings import finding_id
from analysis.periods import moment_words
from analysis.proofs import without_doubles
from analysis.words import platform_words, reason_words, shown, source_words
from records import Account, Coverage, Evidence, Finding, Judgement, Period, Result, Snapshot, Verdict

SILENT, BLOCKED = "source_silent", "source_blocked"

# Fewer accounts have no common fate: what they suffer may as well be their own.
MIN_ACCOUNTS = 3
# A day off is not yet a doubt, nor a weekend with the evening before and the morning after.
MIN_SILENCE = timedelta(days=3)
# Offices keep to their days, not to the hour: a post may come so much earlier or later than last week.
_JITTER = timedelta(hours=12)
# At a steady rate five expected posts all fail to come once in 150 times.
MIN_EXPECTED = 5
BASE_STRETCHES = 3
_WEEK = timedelta(days=7)
_LONGEST_PROBE = 2 * _WEEK
HISTORY = BASE_STRETCHES * _LONGEST_PROBE
_ONE_RUN = timedelta(days=1)
_N_PROOFS = 3

_NOT_ASKED = frozenset({"no_public_list", "not_crawled", "not_due"})
_UNSEEN = frozenset({"blocked", "login", "robots", "error", "unparsed", "empty", "gone"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What is known of one account's list (账号动静): the runs that looked, oldest first, and when it posted."""

    account: Account
    looks: tuple[Coverage, ...]
    snapshot: Snapshot | None = None
    last_post_at: datetime | None = None
    posted_at: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A stretch in which a source itself is in doubt (来源存疑), for all accounts observed through it."""

    check: str
    source: str
    label: str
    reason: str
    accounts: frozenset[str]
    window: Period
    evidence: tuple[Snapshot, ...]

    @property
    def summary(self) -> str:
        """What a person has to look at, and what to do then."""
        if self.check == BLOCKED:
            return (
                f"{self.label}的 {len(self.accounts)} 个账号在最近一次采集中全部未能看到：{reason_words(self.reason)}。"
                "这是来源的问题，不是账号的问题，这些账号一律未能核查；"
                "请先核对网络和这个来源能否打开，再重新采集，或改为人工查看。"
            )
        return (
            f"{self.label}的 {len(self.accounts)} 个账号自{moment_words(self.window.start)}起都没有新内容，"
            "而此前几周的同一时段都有多个账号更新；可能是来源出了故障，这些账号此后是否更新未能核查。"
            "请在手机上打开其中几个账号核对：有新内容的，修复来源后重新采集；"
            "确实都没有的，把这一条记为误报后重新判定。"
        )


def source_of(account: Account, look: Coverage) -> str | None:
    """The source that a run asked for an account, ``page:weibo`` or ``feed:<host>``; ``None`` if it asked none."""
    if look.source not in ("page", "feed", "api") or (look.status == "none" and look.reason in _NOT_ASKED):
        return None
    return f"feed:{_host(account.feed_url or '')}" if look.source == "feed" else f"{look.source}:{account.platform}"


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address


def _label(source: str) -> str:
    kind, _, place = source.partition(":")
    return f"{source_words(kind)} {shown(place)} " if kind == "feed" else f"{platform_words(place)}{source_words(kind)}"


def _by_source(activities: Iterable[Activity]) -> dict[str, list[Activity]]:
    """The accounts of each source, by what the newest run that asked at all asked for them."""
    found: dict[str, list[Activity]] = defaultdict(list)
    for one in activities:
        asked = [look for look in one.looks if source_of(one.account, look) is not None]
        source = source_of(one.account, asked[-1]) if asked else None
        if source is not None:
            found[source].append(replace(one, looks=tuple(asked)))
    return dict(sorted(found.items()))


def history_since(activities: Iterable[Activity], since: datetime) -> datetime:
    """From when on the times of posts are needed to judge the sources since a moment, however long one is silent."""
    newest = [
        max(times)
        for members in _by_source(activities).values()
        if (times := [one.last_post_at for one in members if one.last_post_at is not None])
    ]
    return min([since, *newest]) - HISTORY


def doubts(activities: Iterable[Activity], since: datetime) -> list[Doubt]:
    """The doubts about sources that touch the time since a moment, by source.

    Args:
        activities: Of all accounts, with ``posted_at`` from ``history_since`` on.
        since: The beginning of what is judged.
    """
    found: list[Doubt] = []
    for source, members in _by_source(activities).items():
        if len(members) >= MIN_ACCOUNTS:
            found.extend(_silences(source, members, since))
            found.extend(_walls(source, members))
    return found


def _silences(source: str, members: Sequence[Activity], since: datetime) -> Iterator[Doubt]:
    until = max(filter(None, map(_seen_until, members)), default=None)
    moments = sorted(moment for one in members for moment in one.posted_at if until is not None and moment <= until)
    if until is None or not moments:
        return
    gaps = list(zip(moments, [*moments[1:], until], strict=True))
    for start, end in gaps if source.startswith("feed:") else gaps[-1:]:
        if end > since and end - start >= MIN_SILENCE and _is_unlike_before(members, start, end):
            yield _doubt(SILENT, source, SILENT, members, Period(start, end))


def _is_unlike_before(members: Sequence[Activity], start: datetime, end: datetime) -> bool:
    """Whether the same days of each of the weeks before brought posts, and of enough accounts every time."""
    step = _WEEK if end - start <= _WEEK else _LONGEST_PROBE
    first, last = start + _JITTER, min(end, start + step) - _JITTER
    shifts = [n * step for n in range(1, BASE_STRETCHES + 1)]
    # An account that was walled meanwhile is silent for its own reason.
    observed = [one for one in members if (until := _seen_until(one)) is not None and until >= end - _ONE_RUN]
    counts = [[sum(first < moment + shift < last for moment in one.posted_at) for shift in shifts] for one in observed]
    n_witnesses = sum(all(own) for own in counts)
    return n_witnesses >= MIN_ACCOUNTS and MIN_EXPECTED <= min(map(sum, zip(*counts, strict=True)))


def _seen_until(one: Activity) -> datetime | None:
    return max((interval[1] for look in one.looks if (interval := seen_by_list(look)) is not None), default=None)


def _walls(source: str, members: Sequence[Activity]) -> Iterator[Doubt]:
    newest = max(one.looks[-1].checked_at for one in members)
    asked = [one for one in members if newest - one.looks[-1].checked_at < _ONE_RUN]
    looks = [one.looks[-1] for one in asked]
    if len(looks) >= MIN_ACCOUNTS and all(look.status == "none" and look.reason in _UNSEEN for look in looks):
        reason, _ = Counter(look.reason or "" for look in looks).most_common(1)[0]
        yield _doubt(BLOCKED, source, reason, asked, Period(newest - _ONE_RUN, newest))


def _doubt(check: str, source: str, reason: str, members: Sequence[Activity], window: Period) -> Doubt:
    return Doubt(
        check=check,
        source=source,
        label=_label(source),
        reason=reason,
        accounts=frozenset(one.account.ref for one in members),
        window=window,
        evidence=without_doubles(one.snapshot for one in members[:_N_PROOFS] if one.snapshot is not None),
    )


def standing(found: Iterable[Doubt], office: str, known: Mapping[str, Finding]) -> list[Doubt]:
    """The doubts without the silences of which a person said 误报: the source was looked at and is sound."""
    return [doubt for doubt in found if doubt.check != SILENT or not _is_cleared(doubt, office, known)]


def _is_cleared(doubt: Doubt, office: str, known: Mapping[str, Finding]) -> bool:
    finding = known.get(finding_id(doubt.check, office, doubt.source))
    is_same = finding is not None and finding.period.start <= doubt.window.start < finding.period.end
    return is_same and finding is not None and finding.verdict is Verdict.MISTAKEN


def doubted(evidence: Evidence, found: Sequence[Doubt]) -> Evidence:
    """The evidence of a unit, with nothing claimed to be seen through a source while that was silent.

    It takes away and never adds, so no judgement becomes a breach by it; what persons saw stays.
    """
    silences = [doubt for doubt in found if doubt.check == SILENT]
    if not silences:
        return evidence
    accounts = []
    for item in evidence.accounts:
        own = [doubt for doubt in silences if item.account.ref in doubt.accounts]
        rows: tuple[Coverage, ...] = item.coverage
        for doubt in own:
            rows = tuple(part for row in rows for part in _without(item.account, row, doubt))
        accounts.append(replace(item, coverage=rows))
    return replace(evidence, accounts=tuple(accounts))


def _without(account: Account, row: Coverage, doubt: Doubt) -> Iterator[Coverage]:
    seen = seen_by_list(row) if source_of(account, row) == doubt.source else None
    if seen is None or seen[0] >= doubt.window.end or seen[1] <= doubt.window.start:
        yield row
        return
    rest = replace(row, status="partial", reason=row.reason or SILENT)
    parts = [(seen[0], doubt.window.start), (doubt.window.end, seen[1])]
    left = [(begin, stop) for begin, stop in parts if begin < stop]
    yield from (replace(rest, covered_from=begin, covered_to=stop) for begin, stop in left)
    if not left:
        yield replace(rest, covered_from=None, covered_to=None)


def judgements_of(found: Iterable[Doubt], office: str) -> list[Judgement]:
    """One judgement for each doubt, about the source and under no clause; ``office`` is whom it asks to look."""
    return [
        Judgement(
            subject="source",
            unit=office,
            clause="",
            check=doubt.check,
            result=Result.UNKNOWN,
            reason=doubt.reason,
            summary=doubt.summary,
            cause=doubt.source,
            window=doubt.window,
            evidence=doubt.evidence,
        )
        for doubt in found
    ]
