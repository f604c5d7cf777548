"""A night's probes: each address asked once, nothing private, nothing behind a mirror, nothing claimed unproven."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from analysis.checks import app_ipv6
from analysis.periods import last_week
from records import Account, Clause, LinkCheck, Probe, Result, Severity, Unit
from scheduler.clock import Clock
from scheduler.probing import note_stopped, probe
from scheduler.workspace import Workspace
from storage.queries.evidence import evidence
from storage.queries.probes import probes_of
from tests.scheduler.archived import ACCOUNT, NIGHT, UNIT

SITE, SERVICE = "https://www.yunling.example", "https://app.yunling.example/login"
OTHER_UNIT = Unit(name="云岭县教育局")
OTHER = replace(ACCOUNT, uid="5550009999", name="云岭教育", unit=OTHER_UNIT.name, aliases={"uid": "5550009999"})
DAY = timedelta(days=1)
CLAUSE = Clause(
    id="LJ-11a",
    number="第十一条",
    quote="x",
    check="app_ipv6",
    severity=Severity.HINT,
    params={"platforms": ("app",), "hours_apart": 12},
)
IPV6, IPV4 = "2001:4860:4860::8888", "93.184.216.34"


def opened(folder: Path, accounts: Sequence[Account], config: str = "") -> Workspace:
    (folder / "xuncha.toml").write_text(config, encoding="utf-8")
    space = Workspace.open(folder, Clock(NIGHT))
    space.store.save_register([UNIT, OTHER_UNIT], accounts, {}, {})
    return space


def filed(website: str = "", service: str = "") -> Account:
    return replace(ACCOUNT, fields={"网站地址": website, "服务地址": service})


class Names:
    """A resolver that knows these names; it notes what it was asked."""

    def __init__(self, known: dict[str, list[str]]) -> None:
        self.known, self.asked = known, list[str]()

    def __call__(self, host: str, family: int) -> list[str]:
        self.asked.append(host)
        if host not in self.known:
            raise socket.gaierror(socket.EAI_NONAME, "name not known")
        found = [one for one in self.known[host] if (":" in one) == (family == socket.AF_INET6)]
        if not found:
            raise socket.gaierror(socket.EAI_NODATA, "no address of this family")
        return found


def nothing_asked(addresses: Sequence[str]) -> list[LinkCheck]:
    return []


def probed(space: Workspace, known: dict[str, list[str]]) -> Probe:
    (found,) = probe(space, space.store.begin_run("links", NIGHT, None), nothing_asked, Names(known))
    return found


def test_a_website_of_two_units_is_asked_once_and_kept_for_both(tmp_path: Path) -> None:
    both = [filed(SITE), replace(OTHER, fields=filed(SITE).fields)]
    space, asked = opened(tmp_path, both), list[str]()

    def ask(addresses: Sequence[str]) -> Iterator[LinkCheck]:
        asked.extend(addresses)
        yield from (LinkCheck(url=url, state="failing", checked_at=NIGHT, proven=True) for url in addresses)

    run = space.store.begin_run("links", NIGHT, None)
    found = probe(space, run, ask, Names({}))
    assert asked == [SITE]
    assert [(one.unit, one.state, one.proven) for one in found] == [
        (UNIT.name, "failing", True),
        (OTHER_UNIT.name, "failing", True),
    ]
    with space.engine.connect() as connection:
        assert probes_of(connection, UNIT.name, NIGHT, NIGHT) == (replace(found[0], run_id=run),)


def test_a_stop_keeps_the_websites_that_answered(tmp_path: Path) -> None:
    space = opened(tmp_path, [filed(f"{SITE}、https://b.example.cn")])

    def ask(addresses: Sequence[str]) -> Iterator[LinkCheck]:
        yield LinkCheck(url=addresses[0], state="alive", checked_at=NIGHT)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        probe(space, space.store.begin_run("links", NIGHT, None), ask, Names({}))
    with space.engine.connect() as connection:
        assert [one.address for one in probes_of(connection, UNIT.name, NIGHT, NIGHT)] == [SITE]


def test_what_a_stopped_run_did_not_ask_is_unknown_and_what_answered_stays(tmp_path: Path) -> None:
    other = "https://b.example.cn"
    space = opened(tmp_path, [filed(f"{SITE}、{other}", SERVICE)])
    run = space.store.begin_run("links", NIGHT, None)
    n_unasked = note_stopped(space, run, lambda _: [LinkCheck(url=SITE, state="alive", checked_at=NIGHT)])
    with space.engine.connect() as connection:
        found = probes_of(connection, UNIT.name, NIGHT - DAY, NIGHT + DAY)
    assert n_unasked == 2
    assert {(one.address, one.state, one.reason, one.proven) for one in found} == {
        (SITE, "alive", None, False),
        (other, "unknown", "stopped", False),
        (SERVICE, "unknown", "stopped", False),
    }


def test_a_service_that_nobody_asked_before_a_stop_is_not_said_to_lack_an_address(tmp_path: Path) -> None:
    space = opened(tmp_path, [replace(filed(service=SERVICE), platform="app")])
    note_stopped(space, space.store.begin_run("links", NIGHT, None), nothing_asked)
    (given,) = (one for one in evidence(space.engine, last_week(NIGHT + 7 * DAY), NIGHT + 7 * DAY, 1) if one.accounts)
    (judgement,) = app_ipv6.check(given, CLAUSE)
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, "stopped")
    assert "当晚没有问到" in (judgement.summary or "")


@pytest.mark.parametrize(
    ("addresses", "state", "reason"),
    [
        ([IPV4, IPV6], "has", None),
        ([IPV4], "has_not", None),
        ([IPV4, "fd00::1"], "unknown", "private"),
        ([IPV4, "64:ff9b::5db8:d822"], "unknown", "private"),
        ([], "unknown", "dns"),
    ],
)
def test_what_a_name_has(addresses: list[str], state: str, reason: str | None, tmp_path: Path) -> None:
    found = probed(opened(tmp_path, [filed(service=SERVICE)]), {"app.yunling.example": addresses})
    assert (found.state, found.reason) == (state, reason)


@pytest.mark.parametrize("control", [IPV6, IPV4])
def test_without_is_proven_by_another_name_that_has(control: str, tmp_path: Path) -> None:
    space = opened(tmp_path, [filed(service=SERVICE)], '[links]\ncontrol = ["https://www.gov.example/"]\n')
    found = probed(space, {"app.yunling.example": [IPV4], "www.gov.example": [control]})
    assert (found.state, found.proven) == ("has_not", control == IPV6)


@pytest.mark.parametrize(
    ("service", "reason"),
    [
        ("http://10.0.0.1/", "literal"),
        ("http://[2001:db8::1]/", "literal"),
        ("http://printer.local/", "private"),
        ("http://127.1/", "literal"),
    ],
)
def test_addresses_and_private_names_are_not_looked_up(service: str, reason: str, tmp_path: Path) -> None:
    space, names = opened(tmp_path, [filed(service=service)]), Names({})
    (found,) = probe(space, space.store.begin_run("links", NIGHT, None), nothing_asked, names)
    assert (found.state, found.reason, names.asked) == ("unknown", reason, [])


def test_nothing_is_looked_up_while_a_mirror_is_set(tmp_path: Path) -> None:
    space = opened(tmp_path, [filed(service=SERVICE)], '[crawl]\nmirror = "http://127.0.0.1:9"\n')
    names = Names({"app.yunling.example": [IPV4]})
    (found,) = probe(space, space.store.begin_run("links", NIGHT, None), nothing_asked, names)
    assert (found.state, found.reason, names.asked) == ("unknown", "mirror", [])


def failing(errno: int) -> Callable[[str, int], list[str]]:
    def resolve(host: str, family: int) -> list[str]:
        raise socket.gaierror(errno, "failure")

    return resolve


@pytest.mark.parametrize("errno", [socket.EAI_AGAIN, socket.EAI_FAIL])
def test_a_resolver_that_fails_says_nothing_of_the_name(errno: int, tmp_path: Path) -> None:
    space = opened(tmp_path, [filed(service=SERVICE)])
    (found,) = probe(space, space.store.begin_run("links", NIGHT, None), nothing_asked, failing(errno))
    assert (found.state, found.reason) == ("unknown", "dns_fault")


def test_a_resolver_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    space, released = opened(tmp_path, [filed(service=SERVICE)]), threading.Event()

    def resolve(host: str, family: int) -> list[str]:
        released.wait(60)
        return [IPV6]

    (found,) = probe(space, space.store.begin_run("links", NIGHT, None), nothing_asked, resolve, 0.1)
    released.set()
    assert (found.state, found.reason) == ("unknown", "timeout")
