"""What the checks of absence must never do, over many made-up accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analysis.checks import update_frequency, zombie
from analysis.periods import midnight, parse_period
from records import Account, AccountEvidence, Clause, Coverage, Evidence, Judgement, Post, Result, Severity, Unit

PERIOD = parse_period("2026-W47")
FIRST = midnight(date(2026, 11, 1))
LOOKED_AT = PERIOD.end + timedelta(hours=9)
CLAUSES: dict[str, dict[str, int | float | str | tuple[str, ...]]] = {
    "three a week": {"account_types": ("any",), "count": 3, "per": "week", "unit": "post"},
    "three pushes in 7 days": {"account_types": ("any",), "count": 3, "per": "7 days", "unit": "push"},
    "one in 14 days": {"account_types": ("any",), "count": 1, "per": "14 days", "unit": "post"},
    "silent for 20 days": {"days": 20},
}
REASONS = [None, "blocked", "login", "robots", "gone", "empty", "unparsed", "truncated", "no_public_list", "error"]

MOMENTS = st.integers(0, 23 * 24).map(lambda hours: FIRST + timedelta(hours=hours))


@st.composite
def coverages(draw: st.DrawFn) -> Coverage:
    start, end = sorted((draw(MOMENTS), draw(MOMENTS)))
    return Coverage(
        account="weibo:1",
        status=draw(st.sampled_from(["complete", "complete", "partial", "none"])),
        source=draw(st.sampled_from(["page", "api", "feed", "unit"])),
        reason=draw(st.sampled_from([None, None, *REASONS])),
        checked_at=end,
        covered_from=start if draw(st.booleans()) else FIRST - timedelta(days=30),
        covered_to=end,
    )


@st.composite
def posts(draw: st.DrawFn) -> Post:
    return Post(
        platform="wechat",
        account="wechat:1",
        post_id=f"MzA=:{draw(st.integers(1, 5))}:{draw(st.integers(1, 9))}",
        url="https://example.com/1",
        published_at=draw(MOMENTS),
        time_precision=draw(st.sampled_from(["second", "minute", "day"])),
    )


OPENED = st.sampled_from([{}, {"opened_on": date(2020, 1, 1)}, {"opened_on": date(2026, 11, 5)}])
ROWS = st.lists(coverages(), max_size=6)
POSTS = st.lists(posts(), max_size=6)
QUESTIONS = st.sampled_from(sorted(CLAUSES))


def judged(name: str, rows: list[Coverage], seen: list[Post], dates: dict[str, date]) -> list[Judgement]:
    """The judgements of the clause, in the order of the windows."""
    check = update_frequency.check if "count" in CLAUSES[name] else zombie.check
    clause = Clause(id="X-1", number="一", quote="x", check="x", severity=Severity.RECTIFY, params=CLAUSES[name])
    account = Account(platform="wechat", uid="1", name="云岭发布", unit="云岭县政府", dates=dates)
    evidence = AccountEvidence(account=account, posts=tuple(seen), coverage=tuple(rows))
    given_all = Evidence(unit=Unit(name="云岭县政府"), period=PERIOD, looked_at=LOOKED_AT, accounts=(evidence,))
    return list(check(given_all, clause))


def fires(judgements: list[Judgement]) -> bool:
    return any(judgement.result is Result.BREACH for judgement in judgements)


@given(QUESTIONS, ROWS, POSTS, OPENED)
def test_knowing_less_never_makes_a_breach(
    name: str, rows: list[Coverage], seen: list[Post], dates: dict[str, date]
) -> None:
    if fires(judged(name, rows, seen, dates)):
        return
    for index in range(len(rows)):
        assert not fires(judged(name, rows[:index] + rows[index + 1 :], seen, dates))


@given(QUESTIONS, ROWS, POSTS, posts(), st.just({"opened_on": date(2020, 1, 1)}))
def test_one_more_post_never_makes_a_breach(
    name: str, rows: list[Coverage], seen: list[Post], more: Post, dates: dict[str, date]
) -> None:
    assert fires(judged(name, rows, seen, dates)) or not fires(judged(name, rows, [*seen, more], dates))


@given(QUESTIONS, ROWS, POSTS, posts(), OPENED)
def test_one_more_post_never_turns_a_pass(
    name: str, rows: list[Coverage], seen: list[Post], more: Post, dates: dict[str, date]
) -> None:
    before, after = judged(name, rows, seen, dates), judged(name, rows, [*seen, more], dates)
    pairs = zip(before, after, strict=True)
    assert all(new.result is Result.PASS for old, new in pairs if old.result is Result.PASS)


@given(QUESTIONS, ROWS, POSTS, OPENED)
def test_walls_alone_never_make_a_breach(
    name: str, rows: list[Coverage], seen: list[Post], dates: dict[str, date]
) -> None:
    walls = [replace(row, status="none", reason=row.reason or "blocked") for row in rows]
    assert not fires(judged(name, walls, seen, dates))


@given(QUESTIONS, ROWS, POSTS, OPENED)
def test_every_judgement_says_in_words_what_it_means(
    name: str, rows: list[Coverage], seen: list[Post], dates: dict[str, date]
) -> None:
    for judgement in judged(name, rows, seen, dates):
        assert judgement.summary is not None and judgement.summary.endswith("。")
        assert (judgement.reason is None) == (judgement.result in (Result.PASS, Result.BREACH))
        assert bool(judgement.cause) == (judgement.result is Result.BREACH)


@given(QUESTIONS, POSTS, st.integers(0, 30))
def test_a_wholly_seen_account_is_always_judged(name: str, seen: list[Post], n_hours: int) -> None:
    row = Coverage(
        account="wechat:1",
        status="complete",
        source="page",
        checked_at=PERIOD.end + timedelta(hours=n_hours),
        covered_from=FIRST - timedelta(days=60),
        covered_to=datetime.max.replace(tzinfo=FIRST.tzinfo) - timedelta(days=2),
    )
    judgements = judged(name, [row], seen, {"opened_on": date(2020, 1, 1)})
    assert {judgement.result for judgement in judgements} <= {Result.PASS, Result.BREACH}
