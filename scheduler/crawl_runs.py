"""The run of a crawl (采集轮次): begun or gone on with, shared by several processes, and closed by the last of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from records import CRAWLED_PLATFORMS, Coverage
from scheduler.runs import DONE, INCOMPLETE, STOPPED
from scheduler.targets import closed, planned
from scheduler.workspace import Workspace
from storage.jobs import Jobs
from storage.queries import runs
from storage.yields import drop_old_yields

WHOLE, PART, POSTS = "crawl", "crawl-part", "posts"
# A night that was cut off is gone on with for so long; after that its accounts are due anew.
RESUME_WITHIN = timedelta(hours=12)
# Standing limits are printed and change nothing; every other reason means that something was lost tonight.
STANDING = (None, "no_public_list", "robots", "not_crawled", "not_due")


def open_run(workspace: Workspace, jobs: Jobs, platforms: Sequence[str], only: Sequence[str], kind: str) -> int:
    """The run to work on: a whole crawl goes on where one was cut off, everything else begins anew."""
    whole = kind == WHOLE and not only and set(platforms) == set(CRAWLED_PLATFORMS)
    run_kind = kind if whole or kind != WHOLE else PART
    now = workspace.clock.now()
    if whole:
        _close_old(workspace, jobs)
    opened = jobs.open_run(
        run_kind,
        now,
        workspace.mirror or None,
        lambda connection: () if kind == POSTS else planned(connection, platforms, only, now),
        now - RESUME_WITHIN if whole else None,
    )
    return opened.run_id


def _close_old(workspace: Workspace, jobs: Jobs) -> None:
    """Close whole crawls that were cut off too long ago, or with another mirror: they are not gone on with."""
    now = workspace.clock.now()
    for run_id in jobs.cut_off(WHOLE):
        run = runs.run_of(workspace.engine, run_id)
        recent = now - RESUME_WITHIN <= run.started_at <= now + RESUME_WITHIN
        if not recent or run.mirror != (workspace.mirror or None):
            finish(workspace, jobs, run_id, STOPPED)


def finish(workspace: Workspace, jobs: Jobs, run_id: int, code: int | None) -> int:
    """Close a run: a row for every account that it did not come to, its counts, and its exit code.

    ``code`` is that of a fault or a stop; without one it says whether something was lost.
    """
    now = workspace.clock.now()
    for reference, state in runs.unseen_of_run(workspace.engine, run_id):
        # Given up after its hosts did not answer, or after it ended the whole process each time.
        reason = "error" if state == "failed" else "not_crawled"
        row = Coverage(account=reference, status="none", source="page", checked_at=now, reason=reason)
        workspace.store.save_page(run_id, row, (), None, None)
    coverage = runs.coverage_of_run(workspace.engine, run_id)
    lost = any(row.reason not in STANDING for row in coverage)
    code = code if code is not None else INCOMPLETE if lost else DONE
    counts = {
        "accounts": len(coverage),
        "complete": sum(row.status == "complete" for row in coverage),
        "posts_new": sum(row.posts_new for row in coverage),
    }
    workspace.store.finish_run(run_id, now, code, counts)
    with workspace.engine.begin() as connection:
        drop_old_yields(connection)
    return code


def coverage_so_far(workspace: Workspace, run_id: int) -> list[Coverage]:
    """The coverage of a run, with a row for each account that it has not come to yet or that is not due."""
    now = workspace.clock.now()
    seen = runs.coverage_of_run(workspace.engine, run_id)
    waiting = [(reference, "not_crawled") for reference, _ in runs.unseen_of_run(workspace.engine, run_id)]
    if runs.run_of(workspace.engine, run_id).kind == WHOLE:
        waiting += [(reference, "not_due") for reference in closed(workspace)]
    return seen + [
        Coverage(account=reference, status="none", source="page", checked_at=now, reason=reason)
        for reference, reason in waiting
    ]


def give_up(workspace: Workspace, run_id: int) -> int:
    """Close a run whose rest cannot be asked tonight; returns its exit code."""
    jobs = Jobs(workspace.engine, "")
    for platform in CRAWLED_PLATFORMS:
        jobs.give_up(run_id, platform)
    return finish(workspace, jobs, run_id, None)
