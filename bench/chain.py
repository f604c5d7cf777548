"""CPU of the whole chain against a bare fetch of the same pages, as a Markdown table; ``make bench`` keeps it.

The chain is the job ``crawl`` over as many registered accounts as there are pages, each of which shows its
window on one page: fetch, archive, parse, validate, normalize, store. Bare is Scrapy as it comes, asking for
the same pages one at a time and dropping the decoded bodies. Every measure is a process of its own, and start
and end are taken off: the CPU of a long crawl less that of a short one. Ratios hold on any machine, seconds do not.

``python -m bench.chain [--pages N] [--less N] [--rounds N] [VARIANT ...]``
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from sqlalchemy import Connection, func, select

from bench.chain_server import MOMENT, POSTS_A_PAGE, address_of, name_of, uid_of
from bench.night import commit
from records import Account, Profile, Unit
from scheduler import crawling
from scheduler.clock import Clock
from scheduler.files import CONFIG_NAME
from scheduler.workspace import Workspace
from storage.pages import save_profile
from storage.schema import PostRow

CONFIG = '[office]\ncontact = "bench@yunling.example"\n\n[crawl]\ndelay_seconds = 0\nmirror = "{mirror}"\n'
UNIT = "云岭县人民政府办公室"


def cpu_seconds() -> float:
    """Processor time of this process and of those that it started and that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class BareSpider(Spider):
    """Asks for every page and drops it."""

    name = "bare"

    def __init__(self, mirror: str, n_pages: int) -> None:
        super().__init__()
        self._addresses = [address_of(mirror, number) for number in range(n_pages)]
        self.seen = 0

    async def start(self) -> Any:
        """A request for every page."""
        for address in self._addresses:
            yield Request(address)

    def parse(self, response: Response) -> None:
        """Counts the page; its body is decoded by now."""
        self.seen += response.status == 200 and response.body.startswith(b"{")


def run_bare(mirror: str, n_pages: int, _home: Path) -> float:
    """CPU seconds of Scrapy's own fetch with its own settings, at the chain's concurrency and log level."""
    process = CrawlerProcess({"CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_DELAY": 0, "LOG_LEVEL": "INFO"})
    crawler = process.create_crawler(BareSpider)
    process.crawl(crawler, mirror=mirror, n_pages=n_pages)
    began = cpu_seconds()
    process.start()
    spent = cpu_seconds() - began
    assert isinstance(crawler.spider, BareSpider)  # noqa: S101
    require(crawler.spider.seen, n_pages)
    return spent


def run_whole(_mirror: str, n_pages: int, home: Path) -> float:
    """CPU seconds of the job ``crawl`` in a prepared home, evidence kept."""
    workspace = Workspace.open(home, Clock(MOMENT))
    began = cpu_seconds()
    report = crawling.crawl(workspace, ("weibo",))
    spent = cpu_seconds() - began
    # What was measured must be the work itself: one list an account, all of it seen and stored.
    require(report.requests["lists"], n_pages)
    require(sum(report.tally.pages.values()), n_pages)
    require(sum(row.status == "complete" for row in report.coverage), n_pages)
    with workspace.engine.connect() as connection:
        require(connection.execute(select(func.count()).select_from(PostRow)).scalar_one(), n_pages * POSTS_A_PAGE)
    return spent


class Unkept:
    """An archive that keeps nothing."""

    def __init__(self, *_args: Any, **_settings: Any) -> None:
        pass

    def keep(self, _page: Any, _retention: str = "ordinary") -> None:
        """No evidence."""

    def flush(self) -> None:
        """Nothing to write."""


def run_unkept(mirror: str, n_pages: int, home: Path) -> float:
    """CPU seconds of the job ``crawl`` without its archive."""
    setattr(crawling, "WarcArchive", Unkept)  # noqa: B010 (the job has no setting for it, and needs none)
    return run_whole(mirror, n_pages, home)


VARIANTS = {
    "bare": ("bare Scrapy fetch", run_bare),
    "whole": ("whole chain, evidence kept", run_whole),
    "unkept": ("whole chain, no archive", run_unkept),
}


def require(found: int, wanted: int) -> None:
    """Raises ValueError where a crawl did not do the work that is to be measured."""
    if found != wanted:
        raise ValueError(f"{found} of {wanted}: the crawl did not see all pages")


def prepare(home: Path, mirror: str, n_pages: int) -> None:
    """A home with one account a page in its register, each with a profile seen a moment ago."""
    home.mkdir()
    (home / CONFIG_NAME).write_text(CONFIG.format(mirror=mirror), encoding="utf-8")
    workspace = Workspace.open(home, Clock(MOMENT))
    accounts = [
        Account(platform="weibo", uid=uid_of(number), name=name_of(number), unit=UNIT) for number in range(n_pages)
    ]
    workspace.store.save_register([Unit(name=UNIT)], accounts, {}, {})
    with workspace.engine.begin() as connection:
        _save_profiles(connection, accounts)
    workspace.engine.dispose()


def _save_profiles(connection: Connection, accounts: Sequence[Account]) -> None:
    for account in accounts:
        shown = Profile(
            platform="weibo", account=account.ref, uid=account.uid, name=account.name, observed_at=MOMENT, verified=True
        )
        save_profile(connection, shown, None)


@contextmanager
def served(n_pages: int) -> Iterator[str]:
    """The address of a server of the pages, in a process of its own."""
    call = [sys.executable, "-m", "bench.chain_server", str(n_pages)]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        assert server.stdout is not None and server.stdin is not None  # noqa: S101
        yield server.stdout.readline().strip()
        server.stdin.close()


def measure(variant: str, mirror: str, n_pages: int, home: Path) -> float:
    """CPU seconds of one crawl in a process of its own.

    Raises:
        subprocess.CalledProcessError: It did not see every page; what it said goes to the screen.
    """
    with tempfile.TemporaryDirectory() as folder:
        own = shutil.copytree(home, Path(folder) / "home")
        call = [sys.executable, "-m", "bench.chain", "--run", variant, mirror, str(n_pages), str(own)]
        done = subprocess.run(call, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        sys.stderr.write(done.stderr[-4000:])
        done.check_returncode()
    return float(json.loads(done.stdout.splitlines()[-1])["cpu_seconds"])


def rounds(variants: Sequence[str], n_pages: int, less: int, n_rounds: int) -> dict[str, list[float]]:
    """CPU seconds a page by variant, one a round; the variants take turns, so that a busy machine is busy for all."""
    found: dict[str, list[float]] = {variant: [] for variant in variants}
    with tempfile.TemporaryDirectory() as folder, served(n_pages) as mirror:
        homes = {size: Path(folder) / str(size) for size in (less, n_pages)}
        for size, home in homes.items():
            prepare(home, mirror, size)
        for _ in range(n_rounds):
            for variant in variants:
                few, many = (measure(variant, mirror, size, homes[size]) for size in (less, n_pages))
                found[variant].append((many - few) / (n_pages - less))
    return found


def table(found: dict[str, list[float]]) -> Iterator[str]:
    """The rows of the table; the ratio is to the first variant, its range that of the single rounds."""
    first = next(iter(found.values()))
    yield "| variant | CPU s / 1,000 pages | ratio | ratio, least–most of the rounds |\n|---|---|---|---|"
    for variant, seconds in found.items():
        ratio = statistics.median(seconds) / statistics.median(first)
        single = [one / other for one, other in zip(seconds, first, strict=True)]
        middle = statistics.median(seconds) * 1000
        yield f"| {VARIANTS[variant][0]} | {middle:.2f} | {ratio:.2f} | {min(single):.2f}–{max(single):.2f} |"


def main() -> None:
    """Measures the variants in turn and prints the table."""
    asked = argparse.ArgumentParser()
    asked.add_argument("variants", nargs="*", default=list(VARIANTS))
    asked.add_argument("--pages", type=int, default=1000)
    asked.add_argument("--less", type=int, default=200)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--run", nargs=4, metavar=("VARIANT", "MIRROR", "PAGES", "HOME"))
    given = asked.parse_args()
    if given.run:
        variant, mirror, n_pages, home = given.run
        spent = VARIANTS[variant][1](mirror, int(n_pages), Path(home))
        print(json.dumps({"cpu_seconds": spent}))
        return
    found = rounds(given.variants, given.pages, given.less, given.rounds)
    print("# CPU of the whole chain\n")
    print(
        f"Commit {commit()}, `make bench`: {given.pages:,} distinct lists of {POSTS_A_PAGE} posts, one an account, "
        f"less {given.less:,}; medians of {given.rounds} rounds in turn.\n"
    )
    print("\n".join(table(found)))


if __name__ == "__main__":
    main()
