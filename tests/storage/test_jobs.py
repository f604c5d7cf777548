"""What a run still has to do: claimed once, given back by the dead, gone on with by the next start."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from records import Coverage
from storage.jobs import MOST_ATTEMPTS, Job, Jobs
from storage.queries import accounts, runs
from storage.schema import JobRow
from storage.store import Closing, Store
from storage.workers import HUNG_SECONDS, STALE_SECONDS, is_gone, this_worker
from tests.storage.conftest import OFFICE, OTHER, WECHAT, WEIBO

NOW = datetime(2026, 11, 15, 17, 30, tzinfo=UTC)
ELSEWHERE = "another-machine:77:1"


def everyone(connection: Connection) -> Iterator[dict[str, Any]]:
    for row_id, account in accounts.account_rows(connection):
        yield {"platform": account.platform, "account_id": row_id, "since": NOW, "feed_clock": None}


def opened(jobs: Jobs, *, now: datetime = NOW, mirror: str | None = None) -> int:
    return jobs.open_run("crawl", now, mirror, everyone, now - timedelta(hours=12)).run_id


@pytest.fixture
def dead() -> str:
    """The name of a worker of this machine that has ended."""
    words = [sys.executable, "-c", "from storage.workers import this_worker; print(this_worker())"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def close(store: Store, run_id: int, reference: str, closing: Closing) -> None:
    row = Coverage(account=reference, status="complete", source="page", checked_at=NOW)
    store.save_page(run_id, row, (), None, None, closing=closing)


def states(store: Store) -> list[str]:
    with store.engine.connect() as connection:
        return list(connection.execute(select(JobRow.state).order_by(JobRow.position)).scalars())


def test_a_job_is_claimed_once(store: Store) -> None:
    mine, other = Jobs(store.engine, this_worker()), Jobs(store.engine, ELSEWHERE)
    run_id = opened(mine)
    assert [type(one) for one in mine.claim(run_id, "weibo")] == [Job]
    assert (mine.claim(run_id, "weibo"), other.claim(run_id, "weibo")) == ([], [])


def test_eight_at_once_never_claim_the_same(store: Store) -> None:
    run_id = opened(Jobs(store.engine, this_worker()))
    claimed: list[int] = []

    def work(name: str) -> None:
        jobs = Jobs(store.engine, name)
        for platform in ("weibo", "wechat", "weibo", "wechat"):
            claimed.extend(job.id for job in jobs.claim(run_id, platform))

    workers = [threading.Thread(target=work, args=(f"another-machine:{number}:1",)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(claimed) == len(set(claimed)) == 2


def test_several_are_claimed_at_once_in_the_order_of_the_register(store: Store) -> None:
    store.save_register([OFFICE], [OTHER, WECHAT, WEIBO], {}, {})
    mine, other = Jobs(store.engine, this_worker()), Jobs(store.engine, ELSEWHERE)
    run_id = opened(mine)
    with store.engine.connect() as connection:
        planned = [row_id for row_id, account in accounts.account_rows(connection) if account.platform == "weibo"]
    assert [job.account_id for job in mine.claim(run_id, "weibo", 3)] == planned
    assert other.claim(run_id, "weibo", 3) == []


def test_what_the_dead_had_claimed_comes_first_and_alone(store: Store, dead: str) -> None:
    store.save_register([OFFICE], [OTHER, WECHAT, WEIBO], {}, {})
    run_id = opened(Jobs(store.engine, dead))
    (lost,) = Jobs(store.engine, dead).claim(run_id, "weibo")
    mine = Jobs(store.engine, this_worker())
    (again,) = mine.claim(run_id, "weibo", 3)
    (fresh,) = mine.claim(run_id, "weibo", 3)
    assert (again.id, again.alone, fresh.id != lost.id, fresh.alone) == (lost.id, True, True, False)


def test_what_is_given_up_has_no_job_left_to_be_asked(store: Store, dead: str) -> None:
    run_id = opened(Jobs(store.engine, dead))
    Jobs(store.engine, dead).claim(run_id, "weibo")
    mine = Jobs(store.engine, this_worker())
    for platform in ("weibo", "wechat"):
        mine.give_up(run_id, platform)
    assert (states(store), mine.n_open(run_id)) == (["failed", "failed"], 0)


def test_an_outage_costs_no_account_its_tries(store: Store) -> None:
    jobs = Jobs(store.engine, this_worker())
    run_id = opened(jobs)
    for _ in range(4):
        assert len(jobs.claim(run_id, "weibo")) == 1
        close(store, run_id, WEIBO.ref, Closing(wait_seconds=900.0))
        jobs.forgive(run_id, "weibo")
    assert jobs.n_open(run_id, "weibo") == 1


def test_a_process_that_hangs_does_not_keep_its_claim_for_ever() -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        machine = this_worker().rsplit(":", 2)[0]
        stat = Path(f"/proc/{other.pid}/stat").read_text(encoding="ascii")
        name = f"{machine}:{other.pid}:{stat.rpartition(')')[2].split()[19]}"
        assert (is_gone(name, 1000.0, 1100.0), is_gone(name, 1000.0, 1000.0 + HUNG_SECONDS + 1)) == (False, True)
        other.kill()


def test_what_a_dead_process_had_claimed_is_free_at_once(store: Store, dead: str) -> None:
    run_id = opened(Jobs(store.engine, dead))
    (lost,) = Jobs(store.engine, dead).claim(run_id, "weibo")
    (found,) = Jobs(store.engine, this_worker()).claim(run_id, "weibo")
    assert (found.id, found.attempts) == (lost.id, 2)


def test_what_a_silent_machine_had_claimed_is_free_when_its_beat_is_old(store: Store) -> None:
    mine = Jobs(store.engine, this_worker())
    run_id = opened(mine)
    Jobs(store.engine, ELSEWHERE).claim(run_id, "weibo")
    assert not mine.claim(run_id, "weibo")
    with store.engine.begin() as connection:
        connection.execute(update(JobRow).values(beat_at=JobRow.beat_at - STALE_SECONDS - 1))
    assert mine.claim(run_id, "weibo")


def test_a_living_process_keeps_its_claim_however_the_clock_jumps(store: Store) -> None:
    mine, other = Jobs(store.engine, this_worker()), Jobs(store.engine, ELSEWHERE)
    run_id = opened(mine)
    mine.claim(run_id, "weibo")
    with store.engine.begin() as connection:
        connection.execute(update(JobRow).values(beat_at=JobRow.beat_at - 86400))
    assert not other.claim(run_id, "weibo")
    assert not is_gone(this_worker(), 0.0, 1e12)


def test_an_account_that_ends_the_process_each_time_is_given_up(store: Store, dead: str) -> None:
    run_id = opened(Jobs(store.engine, dead))
    for number in range(MOST_ATTEMPTS):
        assert Jobs(store.engine, f"{dead}{number}").claim(run_id, "weibo")
    assert not Jobs(store.engine, this_worker()).claim(run_id, "weibo")
    assert states(store) == ["failed", "pending"]


def test_a_visit_that_nobody_answered_is_tried_once_more_after_the_others(store: Store) -> None:
    jobs = Jobs(store.engine, this_worker())
    run_id = opened(jobs)
    for n_open in (2, 1):
        assert jobs.claim(run_id, "weibo")
        close(store, run_id, WEIBO.ref, Closing(wait_seconds=0.0))
        assert jobs.n_open(run_id) == n_open
    assert not jobs.claim(run_id, "weibo")


def test_one_that_is_to_wait_is_not_asked_before(store: Store) -> None:
    jobs = Jobs(store.engine, this_worker())
    run_id = opened(jobs)
    jobs.claim(run_id, "weibo")
    close(store, run_id, WEIBO.ref, Closing(wait_seconds=900.0))
    assert not jobs.claim(run_id, "weibo")
    assert jobs.n_open(run_id, "weibo") == 1
    assert opened(jobs) == run_id
    assert jobs.claim(run_id, "weibo"), "whoever starts again need not wait"


def test_a_run_cut_off_is_gone_on_with_and_one_that_is_done_is_not(store: Store, dead: str) -> None:
    run_id = opened(Jobs(store.engine, dead))
    jobs = Jobs(store.engine, this_worker())
    assert opened(jobs, now=NOW + timedelta(hours=11)) == run_id
    assert opened(jobs, now=NOW + timedelta(hours=13)) != run_id
    store.finish_run(run_id, NOW, 0, {})
    assert opened(jobs) != run_id


def test_pages_of_another_mirror_are_never_put_into_the_same_run(store: Store) -> None:
    jobs = Jobs(store.engine, this_worker())
    assert opened(jobs) != opened(jobs, mirror="http://127.0.0.1:9")


def test_a_stopped_process_gives_back_what_it_did_not_come_to(store: Store) -> None:
    jobs = Jobs(store.engine, this_worker())
    run_id = opened(jobs)
    jobs.claim(run_id, "weibo")
    jobs.release(run_id)
    (job,) = jobs.claim(run_id, "weibo")
    assert job.attempts == 1


def test_a_job_is_done_with_its_last_page_or_not_at_all(store: Store) -> None:
    jobs = Jobs(store.engine, this_worker())
    run_id = opened(jobs)
    jobs.claim(run_id, "wechat")
    close(store, run_id, WECHAT.ref, Closing())
    assert states(store) == ["pending", "done"]
    assert runs.unseen_of_run(store.engine, run_id) == [(WEIBO.ref, "pending")]
