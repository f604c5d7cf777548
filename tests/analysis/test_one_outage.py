"""One outage of one website is one judgement, however it is spelt and whoever files it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.checks import website_downtime
from analysis.filers import answered_by, filers_of
from analysis.probed import request_of
from records import Account, Clause, Judgement, Regulation, Result
from tests.analysis.test_website_downtime import (
    BETWEEN,
    LIMITS,
    NOW_DOWN,
    PERMISSION,
    SITE,
    SPRING,
    SUNDAY,
    evidence,
    nights,
)

OFFICE, SCHOOLS, HEALTH = "云岭县人民政府办公室", "云岭县教育局", "云岭县卫生健康局"
LAW = {"luju-2023": Regulation(id="luju-2023", title="x", issued="x", clauses=(LIMITS,))}

TYPED = "http://www.yunling.example.cn"


def filing(*websites: tuple[str, list[dict[str, Any]]], clause: Clause = LIMITS) -> list[Judgement]:
    """The judgement of one unit that files these websites, each with its nights."""
    table = [{"address": address, "nights": looked} for address, looked in websites]
    return list(website_downtime.check(evidence(websites=table), clause))


def test_one_website_in_two_spellings_of_one_unit_is_one_outage() -> None:
    down = [SPRING, BETWEEN, NOW_DOWN]
    (breach,) = filing((SITE, down), (f"{SITE}/", down))
    assert (breach.result, breach.cause) == (Result.BREACH, f"website_downtime:{SITE}:2026-11-17")


def test_http_and_https_that_were_down_in_the_same_nights_are_one_outage() -> None:
    down = [SPRING, BETWEEN, NOW_DOWN]
    (breach,) = filing((SITE, down), (TYPED, down))
    assert breach.cause == f"website_downtime:{SITE}:2026-11-17"


@pytest.mark.parametrize(("address", "clause"), [(SITE, LIMITS), (TYPED, LIMITS), (SITE, PERMISSION)])
def test_of_http_and_https_the_one_that_was_down_longer_is_told(address: str, clause: Clause) -> None:
    other = TYPED if address == SITE else SITE
    late = nights("failing", date(2026, 10, 15), SUNDAY)
    long = nights("failing", date(2026, 10, 1), SUNDAY)
    (told,) = filing((other, [late]), (address, [long]), clause=clause)
    assert told.summary is not None and f"{address} 自2026年10月1日起" in told.summary


def test_https_that_works_hides_no_outage_of_http() -> None:
    (breach,) = filing(
        (SITE, [SPRING, nights("alive", date(2026, 3, 5), SUNDAY)]), (TYPED, [SPRING, BETWEEN, NOW_DOWN])
    )
    assert breach.cause == f"website_downtime:{TYPED}:2026-11-17"


def test_a_host_without_www_is_judged_by_itself() -> None:
    down = [SPRING, BETWEEN, NOW_DOWN]
    assert len(filing((SITE, down), (SITE.replace("www.", ""), down))) == 2


def test_http_of_one_unit_is_told_with_https_of_another() -> None:
    first, second = OFFICE, SCHOOLS
    down = [SPRING, BETWEEN, NOW_DOWN]
    sites = [{"address": SITE, "nights": down}, {"address": TYPED, "nights": down}]
    filers = {LIMITS.id: {f"{SITE}/": (first,), f"{TYPED}/": (second,)}}
    for unit, address, result in ((first, SITE, Result.BREACH), (second, TYPED, Result.NOT_APPLICABLE)):
        seen = evidence(websites=sites, unit=unit)
        account = replace(seen.accounts[0].account, fields={"网站地址": address})
        given_one = replace(seen, filers=filers, accounts=(replace(seen.accounts[0], account=account),))
        (judgement,) = website_downtime.check(given_one, LIMITS)
        assert judgement.result is result and first in (judgement.summary or "")


def test_an_answer_of_the_same_run_to_another_filer_ends_an_outage() -> None:
    seen = evidence(SPRING, BETWEEN, NOW_DOWN)
    up = (replace(one, unit="云岭县教育局", address=f"{SITE}/", state="alive", reason=None) for one in seen.probes)
    (judgement,) = website_downtime.check(replace(seen, probes=(*seen.probes, *up)), LIMITS)
    assert judgement.result is Result.PASS


def test_a_website_left_to_others_under_one_clause_is_judged_under_another() -> None:
    given_one = evidence(SPRING, BETWEEN, NOW_DOWN, unit=SCHOOLS)
    (judgement,) = website_downtime.check(replace(given_one, filers={"LJ-7b": {f"{SITE}/": (OFFICE, SCHOOLS)}}), LIMITS)
    assert judgement.result is Result.BREACH


def judged(rows: Sequence[tuple[str, str]]) -> list[Judgement]:
    """What is said of all units of a register with these rows, each address of which was down in the same nights."""
    accounts = [
        Account(platform="weibo", uid=str(number), name=unit, unit=unit, status="正常", fields={"网站地址": address})
        for number, (unit, address) in enumerate(rows)
    ]
    filers = filers_of(accounts, ["luju-2023"], LAW, {})
    looked = [nights("failing", date(2026, 10, 1), SUNDAY)]
    seen = evidence(websites=[{"address": address, "nights": looked} for address in {address for _, address in rows}])
    found: list[Judgement] = []
    for unit in dict.fromkeys(unit for unit, _ in rows):
        own = tuple(replace(seen.accounts[0], account=account) for account in accounts if account.unit == unit)
        known = filers.get(unit, {})
        asked = answered_by(known, unit, (request_of(address) for name, address in rows if name == unit))
        probes = tuple(probe for probe in seen.probes if request_of(probe.address) in asked)
        one = replace(seen, unit=replace(seen.unit, name=unit), accounts=own, filers=known, probes=probes)
        found += website_downtime.check(one, LIMITS)
    return found


SPELLINGS = {
    "portal": [SITE, f"{SITE}/", f"{SITE}:443/#top", TYPED, f"{TYPED}/"],
    "schools": ["https://jyj.yunling.example.cn"],
}
ROWS = st.tuples(
    st.sampled_from([OFFICE, SCHOOLS, HEALTH]), st.sampled_from([*SPELLINGS["portal"], *SPELLINGS["schools"]])
)


@given(st.lists(ROWS, max_size=6))
def test_every_website_that_is_down_is_one_breach_of_a_unit_that_files_it(rows: list[tuple[str, str]]) -> None:
    breaches = [one for one in judged(rows) if one.result is Result.BREACH]
    down = [name for name, spelt in SPELLINGS.items() if any(address in spelt for _, address in rows)]
    assert len(breaches) == len(down)
    for name, breach in zip(down, sorted(breaches, key=lambda one: "//jyj." in one.cause), strict=True):
        assert any(unit == breach.unit and address in SPELLINGS[name] for unit, address in rows)


@given(st.lists(ROWS, max_size=6))
def test_a_unit_without_a_breach_of_its_own_is_never_said_to_have_kept_the_clause(rows: list[tuple[str, str]]) -> None:
    assert all(
        one.result is Result.BREACH or (one.result, one.reason) == (Result.NOT_APPLICABLE, "filed_by_another")
        for one in judged(rows)
    )
