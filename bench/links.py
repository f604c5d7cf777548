"""The link check beside others on the same links, as Markdown tables; ``make bench`` keeps them in docs/links.md.

What each told is held against the truth of the farm. What a link costs is taken between two runs, so that start and
end are taken off: the CPU of the long list less that of the short one. The checkers take turns, so that a busy
machine is busy for all. Ratios hold on any machine, seconds do not.

``python -m bench.links [--links N] [--less N] [--rounds N] [--million] [--no-peers]``
"""

from __future__ import annotations

import argparse
import mmap
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bench.link_farm import HOSTS, Farm, farmed, state_of
from bench.link_runs import (
    CONNECTIONS,
    DELAY_SECONDS,
    TIMEOUT_SECONDS,
    Outcome,
    Used,
    find_peer,
    make_home,
    ours,
    run_check,
    run_job,
    run_linkchecker,
    run_linkinator,
    run_spider,
    save_list,
    watch,
)
from bench.link_scores import costs, exactness, wall_words
from bench.night import commit

Run = Callable[[Farm, int, Path], Outcome]
JOB, SPIDER = "xuncha links (stores)", "Scrapy spider, GET"
COMPARED: dict[str, Run] = {"xuncha links check": run_check, JOB: run_job, SPIDER: run_spider}
PEERS: dict[str, Run] = {"linkchecker": run_linkchecker, "linkinator": run_linkinator}
SMALL, LARGE = 10_000, 1_000_000
_STATE = re.compile(rb'"state": ?"(\w+)"')
REMARKS = """The spider asks no robots.txt, verifies no certificate, keeps nothing, and calls a page dead that contains
不存在. linkchecker runs with 400 threads and without its limit of requests a second, linkinator as it comes; of
their words OK is read as alive, 404 and 410 as dead, other trouble as failing."""


def run_once(run: Run, farm: Farm, n_links: int) -> Outcome:
    """One run in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return run(farm, n_links, Path(folder))


def rounds(farm: Farm, n_links: int, less: int, n_rounds: int) -> Iterator[tuple[str, Outcome, float]]:
    """Of each round and checker its long run, and the CPU seconds of a thousand further links."""
    for _ in range(n_rounds):
        for name, run in COMPARED.items():
            few, many = (run_once(run, farm, size) for size in (less, n_links))
            yield name, many, (many.used.cpu_seconds - few.used.cpu_seconds) / (n_links - less) * 1000


def memory(farm: Farm, sizes: Iterable[int]) -> Iterator[str]:
    """The rows of how much memory lists of such sizes take, of links that keep nobody waiting.

    Raises:
        ValueError: The states are not the true ones.
    """
    yield "| links | most MB | wall s | CPU s |\n|---|---|---|---|"
    for n_links in sizes:
        with tempfile.TemporaryDirectory() as folder:
            used, told = check_quick(farm, n_links, Path(folder))
        if told != Counter(map(state_of, farm.addresses(n_links, quick=True))):
            raise ValueError(f"{n_links} links, and not their true states: {dict(told)}")
        yield f"| {n_links:,} | {used.peak_mb:.0f} | {used.wall_seconds:.1f} | {used.cpu_seconds:.1f} |"


def check_quick(farm: Farm, n_links: int, folder: Path) -> tuple[Used, Counter[str]]:
    """What ``xuncha links check`` used for so many links, and how many of each state it told."""
    asked, said = save_list(folder, farm, n_links, quick=True), folder / "said.json"
    used = watch(ours(make_home(folder, farm), "links", "check", str(asked), "--json"), said)
    # Counted where it lies: a million rows as one JSON value take more memory than all else here.
    with said.open("rb") as body, mmap.mmap(body.fileno(), 0, access=mmap.ACCESS_READ) as rows:
        return used, Counter(match[1].decode() for match in _STATE.finditer(rows))


def tables(farm: Farm, given: argparse.Namespace) -> Iterator[str]:
    """All that is measured, as paragraphs."""
    outcomes: dict[str, list[Outcome]] = {name: [] for name in COMPARED}
    per_thousand: dict[str, list[float]] = {name: [] for name in COMPARED}
    for name, outcome, seconds in rounds(farm, given.links, given.less, given.rounds):
        outcomes[name].append(outcome)
        per_thousand[name].append(seconds)
    wanted = {} if given.no_peers else PEERS
    peers = {name: [run_once(run, farm, given.links)] for name, run in wanted.items() if find_peer(name)}
    addresses = list(farm.addresses(given.links))
    yield "\n".join(exactness(outcomes | peers, addresses))
    yield wall_words(outcomes, addresses)
    yield f"{REMARKS}{''.join(f' {name} is not installed here.' for name in wanted if name not in peers)}"
    yield f"## What further links cost\n\nThe long list less the first {given.less:,} of it."
    yield "\n".join(costs(per_thousand, SPIDER))
    yield "## Memory\n\n`xuncha links check` over links of the kinds that keep nobody waiting, in one process."
    yield "\n".join(memory(farm, (SMALL, LARGE) if given.million else (SMALL,)))


def main() -> None:
    """Measures the checkers in turn and prints the tables."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--links", type=int, default=SMALL)
    asked.add_argument("--less", type=int, default=2_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--million", action="store_true", help="the memory of a million links too; it takes minutes")
    asked.add_argument("--no-peers", action="store_true", help="without linkchecker and linkinator")
    given = asked.parse_args()
    measured_commit = commit()
    with farmed() as farm:
        measured = list(tables(farm, given))
    print("# The link check beside others\n")
    print(
        f"Commit {measured_commit}, `make bench`: {given.links:,} links on {len(HOSTS)} loopback hosts, "
        f"delay {DELAY_SECONDS}, {CONNECTIONS} connections a host, {TIMEOUT_SECONDS} s a request; "
        f"medians of {given.rounds} rounds in turn, peers once.\n"
    )
    print("\n\n".join(measured))


if __name__ == "__main__":
    main()
