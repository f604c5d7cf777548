"""Probes and the proof of our own connectivity: kept by run, handed on, and not claimed for what was checked before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text

from analysis.checks import dead_link
from records import Link, LinkCheck, Period, Probe, Snapshot
from storage import database
from storage.probes import save_probes
from storage.queries.evidence import evidence
from storage.queries.probes import first_runs, probes_of, runs_ahead, website_probes
from storage.store import Store
from tests.analysis.test_dead_link import CLAUSE
from tests.storage.conftest import OFFICE
from tests.storage.test_store import NOW, post, seen

SITE = "https://www.yunling.example.cn"
DAY = timedelta(days=1)


def probe(**changes: Any) -> Probe:
    made = Probe(kind="website", unit=OFFICE.name, address=SITE, state="failing", checked_at=NOW, proven=True)
    return replace(made, **changes)


def kept(day: int) -> Snapshot:
    return Snapshot(url=SITE, fetched_at=NOW + day * DAY, sha256=f"{day:064x}", ref=f"evidence/{day}.warc.gz#1")


def stored(store: Store, unit: str = OFFICE.name) -> tuple[Probe, ...]:
    with store.engine.connect() as connection:
        return probes_of(connection, unit, NOW - DAY, NOW + DAY)


def test_a_probe_comes_back_with_its_run(store: Store) -> None:
    run = store.begin_run("links", NOW, None)
    save_probes(store.engine, run, [probe(), probe(kind="ipv6", state="has_not", reason=None, proven=False)])
    assert stored(store) == (
        probe(run_id=run),
        probe(kind="ipv6", state="has_not", proven=False, run_id=run),
    )
    assert stored(store, "别的单位") == ()


def test_a_website_of_several_units_comes_back_once_a_run_and_address(store: Store) -> None:
    runs = [store.begin_run("links", NOW, None) for _ in range(2)]
    other = probe(unit="别的单位", address=f"{SITE}/")
    for run in runs:
        save_probes(store.engine, run, [probe(), probe(unit="第三单位"), other, probe(kind="ipv6")])
    filed = [(OFFICE.name, SITE), ("第三单位", SITE), ("别的单位", f"{SITE}/")]
    with store.engine.connect() as connection:
        found = website_probes(connection, filed, NOW, NOW, {runs[1]})
        only = website_probes(connection, filed[1:2], NOW, NOW, ())
    assert found == (probe(run_id=runs[0]), replace(other, run_id=runs[0]))
    assert [one.unit for one in only] == ["第三单位"] * 2


def test_a_shared_websites_answer_is_kept_with_its_probe(store: Store) -> None:
    run = store.begin_run("links", NOW, None)
    store.save_link_checks(run, [LinkCheck(url=SITE, state="failing", checked_at=NOW)], {SITE: kept(0)})
    save_probes(store.engine, run, [probe(unit="别的单位")])
    with store.engine.connect() as connection:
        (found,) = website_probes(connection, [("别的单位", SITE)], NOW, NOW, ())
    assert found.snapshot == kept(0)


def test_the_first_run_of_a_website_is_told_for_each_unit_and_spelling(store: Store) -> None:
    runs = [store.begin_run("links", NOW, None) for _ in range(2)]
    for run in runs:
        save_probes(store.engine, run, [probe(), probe(kind="ipv6", address="https://app.example")])
    save_probes(store.engine, runs[1], [probe(address=f"{SITE}/")])
    with store.engine.connect() as connection:
        assert first_runs(connection) == {(OFFICE.name, SITE): runs[0], (OFFICE.name, f"{SITE}/"): runs[1]}


def test_a_run_is_ahead_whose_clock_a_later_run_contradicts(store: Store) -> None:
    runs = [store.begin_run("links", NOW + days * DAY, None) for days in (0, 5, 1, 2)]
    with store.engine.connect() as connection:
        assert runs_ahead(connection, timedelta(hours=1)) == {runs[1]}
        assert runs_ahead(connection, 5 * DAY) == set()


def test_of_an_address_asked_twice_by_a_run_the_later_answer_stays(store: Store) -> None:
    run = store.begin_run("links", NOW, None)
    save_probes(store.engine, run, [probe()])
    save_probes(store.engine, run, [probe(state="alive", checked_at=NOW + timedelta(hours=1))])
    assert [one.state for one in stored(store)] == ["alive"]


def test_a_websites_answer_is_the_link_check_of_the_same_run(store: Store) -> None:
    first, second = (store.begin_run("links", NOW, None) for _ in range(2))
    store.save_link_checks(first, [LinkCheck(url=SITE, state="failing", checked_at=NOW)], {SITE: kept(0)})
    save_probes(store.engine, first, [probe()])
    save_probes(store.engine, second, [probe(checked_at=NOW + timedelta(hours=13))])
    assert [one.snapshot for one in stored(store)] == [kept(0), None]


def test_evidence_holds_the_units_probes_up_to_the_look(store: Store) -> None:
    run, later = (store.begin_run("links", NOW, None) for _ in range(2))
    save_probes(store.engine, run, [probe(), probe(unit="别的单位")])
    save_probes(store.engine, later, [probe(checked_at=NOW + 2 * DAY)])
    (given,) = evidence(store.engine, Period(NOW - DAY, NOW), NOW + DAY, 1)
    assert given.probes == (probe(run_id=run),)


def test_a_link_check_is_handed_on_with_its_run_and_proof(store: Store) -> None:
    crawl, run = store.begin_run("crawl", NOW, None), store.begin_run("links", NOW, None)
    store.save_page(crawl, seen(), [post(1, links=(Link(url=SITE),))], None, None)
    store.save_link_checks(run, [LinkCheck(url=SITE, state="dead", checked_at=NOW, proven=True)], {})
    (given,) = evidence(store.engine, Period(NOW - DAY, NOW), NOW, 1)
    assert [(one.proven, one.run_id) for one in given.accounts[0].link_checks[SITE]] == [(True, run)]


@pytest.fixture
def before(tmp_path: Path) -> str:
    """A database of the version before there were probes, with one link checked."""
    url = f"sqlite:///{tmp_path / 'xuncha.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        configuration = Config()
        configuration.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "0003")
        connection.exec_driver_sql(f"PRAGMA application_id = {database.APPLICATION_ID}")
        connection.execute(
            text("INSERT INTO link_checks (url, state, checked_at) VALUES (:url, 'dead', '2026-11-01 01:00:00')"),
            {"url": SITE},
        )
    engine.dispose()
    return url


def test_what_was_checked_before_is_not_proven(before: str) -> None:
    engine = database.open_database(before)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT url, state, proven FROM link_checks")).all() == [(SITE, "dead", 0)]
        assert inspect(connection).has_table("probes")


def test_every_kept_answer_is_handed_on_under_the_moment_of_its_check(store: Store) -> None:
    runs = [store.begin_run("crawl", NOW, None), *(store.begin_run("links", NOW, None) for _ in range(3))]
    store.save_page(runs[0], seen(), [post(1, links=(Link(url=SITE),))], None, None)
    for day, state in enumerate(["dead", "dead", "failing"]):
        check = LinkCheck(url=SITE, state=state, checked_at=NOW + day * DAY, proven=day < 2)
        written = replace(kept(day), fetched_at=check.checked_at + timedelta(seconds=1))
        store.save_link_checks(runs[day + 1], [check], {SITE: written})
    (given,) = evidence(store.engine, Period(NOW - DAY, NOW), NOW + DAY, 1)
    known = given.accounts[0]
    assert [known.answers[check] for check in known.link_checks[SITE][:2]] == [kept(0), kept(1)]
    assert set(known.answers) <= set(known.link_checks[SITE])


def test_two_checks_of_one_address_in_one_run_keep_each_its_own_answer(store: Store) -> None:
    crawl, run = store.begin_run("crawl", NOW, None), store.begin_run("links", NOW, None)
    store.save_page(crawl, seen(), [post(1, links=(Link(url=SITE),))], None, None)
    for day, state in enumerate(["failing", "dead"]):
        store.save_link_checks(run, [LinkCheck(url=SITE, state=state, checked_at=NOW, proven=True)], {SITE: kept(day)})
    (given,) = evidence(store.engine, Period(NOW - DAY, NOW), NOW, 1)
    answers = {check.state: answer.sha256 for check, answer in given.accounts[0].answers.items()}
    assert answers == {"failing": kept(0).sha256, "dead": kept(1).sha256}


def test_a_websites_answer_is_not_that_of_another_moment_of_the_run(store: Store) -> None:
    run = store.begin_run("links", NOW, None)
    earlier, later = (LinkCheck(url=SITE, state="failing", checked_at=NOW + n * timedelta(hours=1)) for n in (0, 1))
    store.save_link_checks(run, [earlier], {SITE: kept(0)})
    save_probes(store.engine, run, [probe()])
    store.save_link_checks(run, [later], {SITE: kept(1)})
    assert [one.snapshot for one in stored(store)] == [kept(0)]


def test_a_dead_link_carries_the_two_answers_it_rests_on(store: Store) -> None:
    crawl, *runs = (store.begin_run("links", NOW, None) for _ in range(4))
    store.save_page(crawl, seen(), [post(1, links=(Link(url=SITE),))], None, None)
    for day, run in enumerate(runs):
        check = LinkCheck(
            url=SITE, state="dead", reason="http_404", status=404, checked_at=NOW + day * DAY, proven=day < 2
        )
        store.save_link_checks(run, [check], {SITE: kept(day)})
    (given,) = evidence(store.engine, Period(NOW - DAY, NOW), NOW + 3 * DAY, 1)
    weibo = replace(given, accounts=given.accounts[:1])
    (judgement,) = dead_link.check(weibo, CLAUSE)
    assert list(judgement.evidence) == [kept(0), kept(1)]
