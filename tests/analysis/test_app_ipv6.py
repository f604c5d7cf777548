"""IPv6 of services: without means that a name known to exist was found without, by a resolver known to give others'."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cases import evidence_of
from analysis.checks import app_ipv6
from analysis.params import ParamError
from records import Case, Clause, Judgement, Result, Severity

SERVICE = "https://app.yunling.example.cn/login"
CLAUSE = Clause(
    id="LJ-11a",
    number="第十一条",
    quote="x",
    check="app_ipv6",
    severity=Severity.HINT,
    params={"platforms": ("app",), "hours_apart": 12},
)


def night(day: int, state: str, **more: Any) -> dict[str, Any]:
    return {"state": state, "first": date(2026, 11, day), **more}


def judge(*nights: dict[str, Any], clause: Clause = CLAUSE, **table: Any) -> list[Judgement]:
    services = [{"address": SERVICE, "nights": list(nights)}]
    given_all = {"platform": "app", "services": services, **table}
    return list(app_ipv6.check(evidence_of(Case(name="made up", given=given_all, expect=Result.PASS)), clause))


def test_the_sentence_names_service_name_and_both_nights() -> None:
    (judgement,) = judge(night(17, "has_not"), night(18, "has_not"), platform="app")
    assert judgement.summary is not None
    assert judgement.summary.endswith(
        "的服务地址 https://app.yunling.example.cn/login 没有 IPv6 地址"
        "（依据：查询域名 app.yunling.example.cn 的 AAAA 记录，2026年11月17日 02:00和2026年11月18日 02:00）。"
    )
    assert judgement.cause == "app_ipv6:app.yunling.example.cn"


def test_a_name_that_got_an_address_since_has_one() -> None:
    (judgement,) = judge(night(17, "has_not"), night(18, "has_not"), night(19, "has"))
    assert judgement.result is Result.PASS


def test_nights_of_another_week_say_nothing_of_this_one() -> None:
    (judgement,) = judge(night(10, "has_not"), night(11, "has_not"))
    assert judgement.result is Result.UNKNOWN


@pytest.mark.parametrize(
    ("newest", "reason"),
    [
        (night(18, "has_not"), "unconfirmed"),
        (night(18, "has_not", proven=False), "no_ipv6_control"),
        (night(18, "unknown", reason="mirror"), "mirror"),
        (night(18, "unknown", reason="private"), "refused"),
        (night(18, "unknown", reason="timeout"), "dns_fault"),
    ],
)
def test_what_is_not_known_says_why(newest: dict[str, Any], reason: str) -> None:
    (judgement,) = judge(newest)
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, reason)


def test_an_ip_address_has_no_name_to_ask_for() -> None:
    (judgement,) = judge(night(18, "unknown", reason="literal"))
    assert (judgement.result, judgement.reason) == (Result.NOT_APPLICABLE, "no_name")


def test_an_application_without_a_service_address_is_open() -> None:
    (judgement,) = judge(services=[])
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, "no_service")


def test_a_closed_application_is_not_judged() -> None:
    (judgement,) = judge(night(17, "has_not"), night(18, "has_not"), status="关停")
    assert (judgement.result, judgement.reason) == (Result.NOT_APPLICABLE, "closed")


def test_a_platform_that_no_clause_can_mean_is_refused() -> None:
    wrong = Clause(
        id="X-1", number="一", quote="x", check="app_ipv6", severity=Severity.HINT, params={"hours_apart": 1}
    )
    with pytest.raises(ParamError, match="platforms"):
        judge(clause=wrong)


STATES = st.lists(st.tuples(st.sampled_from(["has", "has_not", "unknown"]), st.booleans()), max_size=7)


@given(STATES)
def test_a_breach_takes_two_proven_nights_without(states: list[tuple[str, bool]]) -> None:
    nights = [night(16 + n, state, proven=proven) for n, (state, proven) in enumerate(states)]
    last_had = max((n for n, (state, _) in enumerate(states) if state == "has"), default=-1)
    n_without = sum(state == "has_not" and proven for state, proven in states[last_had + 1 :])
    assert any(one.result is Result.BREACH for one in judge(*nights)) == (n_without >= 2)
