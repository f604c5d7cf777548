"""Checkers of links, each run from outside as an office would run it: ours twice, a spider, two peers.

Ours is the list checked by hand (nothing stored), and the job over the links of stored posts (answers and evidence
stored). A run is one child process: its processor time, its time on the wall, the most memory it held, and the state
that it told for each address.
"""

from __future__ import annotations

import csv
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench.chain_server import MOMENT
from bench.link_farm import Farm
from records import Account, Link, Post, Unit
from scheduler.clock import Clock
from scheduler.files import CONFIG_NAME
from scheduler.workspace import Workspace
from storage.pages import account_ids
from storage.posts import save_posts

TIMEOUT_SECONDS = 5
CONNECTIONS = 2
DELAY_SECONDS = 0
PEER_LIMIT_SECONDS = 120
LINKS_A_POST = 10
CONFIG = f"""[office]
name = "云岭县人民政府办公室"
contact = "bench@yunling.example"

[crawl]
delay_seconds = {DELAY_SECONDS}

[links]
timeout_seconds = {TIMEOUT_SECONDS}
concurrency = 400
allow_private = ["127.0.0.0/8"]
"""
# As fast as it can be asked to: as it comes it asks a host ten times a second at most, with ten threads.
LINKCHECKER_CONFIG = f"""[checking]
threads=400
timeout={TIMEOUT_SECONDS}
maxrequestspersecond=100000
recursionlevel=1
[filtering]
checkextern=1
[output]
verbose=1
status=0
[csv]
separator=;
parts=urlname,result,valid
"""
UNIT = Unit(name="云岭县人民政府办公室")
ACCOUNT = Account(platform="weibo", uid="2000000000", name="云岭发布", unit=UNIT.name)
_WATCH_EVERY_SECONDS = 0.02
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
_STATUS = re.compile(r"\d{3}\b")
_POSTS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Used:
    """What a child process used; ``is_finished`` is false where its time was up and it was ended."""

    cpu_seconds: float
    wall_seconds: float
    peak_mb: float
    is_finished: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of a checker: what it used and the state it told by address."""

    used: Used
    states: Mapping[str, str]


def watch(call: Sequence[str], said: Path, *, codes: Sequence[int] = (0,), limit_seconds: float | None = None) -> Used:
    """Runs a command, its standard output into a file, and measures it.

    Raises:
        subprocess.CalledProcessError: It ended with another code; what it complained of goes to the screen.
    """
    errors = said.with_suffix(".errors")
    before, began, peak_kb, is_over = _cpu_of_children(), time.monotonic(), 0, False
    with (
        said.open("wb") as out,
        errors.open("wb") as err,
        subprocess.Popen(call, stdin=subprocess.DEVNULL, stdout=out, stderr=err) as child,  # noqa: S603
    ):
        while child.poll() is None and not is_over:
            peak_kb = max(peak_kb, _peak_kb(child.pid))
            time.sleep(_WATCH_EVERY_SECONDS)
            is_over = limit_seconds is not None and time.monotonic() - began > limit_seconds
        if is_over:
            child.kill()
    spent = time.monotonic() - began
    if not is_over and child.returncode not in codes:
        sys.stderr.write(errors.read_text(encoding="utf-8", errors="replace")[-4000:])
        raise subprocess.CalledProcessError(child.returncode, call)
    return Used(_cpu_of_children() - before, spent, peak_kb / 1024, not is_over)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak_kb(pid: int) -> int:
    """The most memory the process held so far; 0 once it has ended."""
    try:
        found = _PEAK.search(Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(found[1]) if found else 0


def make_home(folder: Path, farm: Farm) -> Path:
    """A home folder as an office would have it, with leave to call the farm."""
    home = folder / "home"
    home.mkdir()
    control = f"control = {json.dumps([farm.control])}\n"
    (home / CONFIG_NAME).write_text(CONFIG + control, encoding="utf-8")
    return home


def save_list(folder: Path, farm: Farm, n_links: int, *, quick: bool = False) -> Path:
    """A file with one address a line."""
    place = folder / "list.txt"
    with place.open("w", encoding="utf-8") as lines:
        lines.writelines(f"{address}\n" for address in farm.addresses(n_links, quick=quick))
    return place


def ours(home: Path, *words: str) -> list[str]:
    """The words that start a command of ours, its clock where the farm's posts are new."""
    return [sys.executable, "-m", "cli", "--home", str(home), "--now", MOMENT.isoformat(), *words]


def run_check(farm: Farm, n_links: int, folder: Path) -> Outcome:
    """``xuncha links check``: the list by hand, nothing stored."""
    call = ours(make_home(folder, farm), "links", "check", str(save_list(folder, farm, n_links)), "--json")
    used = watch(call, folder / "said.json")
    return Outcome(used, _states_of_ours(folder / "said.json"))


def run_job(farm: Farm, n_links: int, folder: Path) -> Outcome:
    """``xuncha links``: the links of the last fortnight's posts, answers and evidence stored."""
    home = make_home(folder, farm)
    save_links(home, list(farm.addresses(n_links)))
    used = watch(ours(home, "links", "--json"), folder / "said.json")
    if not any((home / "evidence").rglob("*.warc*")):
        raise ValueError("the job kept no evidence")
    return Outcome(used, _states_of_ours(folder / "said.json"))


def save_links(home: Path, addresses: Sequence[str]) -> None:
    """Posts of a registered account that hold these links, some to each."""
    space = Workspace.open(home, Clock(MOMENT))
    space.store.save_register([UNIT], [ACCOUNT], {}, {})
    posts = [_post(start, addresses[start : start + LINKS_A_POST]) for start in range(0, len(addresses), LINKS_A_POST)]
    with space.engine.begin() as connection:
        for start in range(0, len(posts), _POSTS_A_PAGE):
            page = posts[start : start + _POSTS_A_PAGE]
            save_posts(connection, page, account_ids(connection, page), None, MOMENT)
    space.engine.dispose()


def _post(number: int, addresses: Sequence[str]) -> Post:
    return Post(
        platform="weibo",
        account=ACCOUNT.ref,
        post_id=str(4_900_000_000_000_000 + number),
        url=f"https://m.weibo.cn/detail/{4_900_000_000_000_000 + number}",
        published_at=MOMENT - timedelta(days=1),
        text="政务公开",
        links=tuple(Link(url=address) for address in addresses),
    )


def _states_of_ours(said: Path) -> dict[str, str]:
    return {row["url"]: row["state"] for row in json.loads(said.read_text(encoding="utf-8"))}


def run_spider(farm: Farm, n_links: int, folder: Path) -> Outcome:
    """A plain Scrapy spider."""
    asked, told = save_list(folder, farm, n_links), folder / "told.json"
    used = watch([sys.executable, "-m", "bench.link_spider", str(asked), str(told)], folder / "said.txt")
    return Outcome(used, json.loads(told.read_text(encoding="utf-8")))


def find_peer(name: str) -> str | None:
    """Where a peer's command is: as the environment says (``LINKCHECKER``, ``LINKINATOR``), else on the path."""
    return os.environ.get(name.upper()) or shutil.which(name)


def run_linkchecker(farm: Farm, n_links: int, folder: Path) -> Outcome:
    """Debian's linkchecker over a page that holds the links."""
    config, said = folder / "linkcheckerrc", folder / "said.csv"
    config.write_text(LINKCHECKER_CONFIG, encoding="utf-8")
    folder.chmod(0o755)  # started by root it goes on as nobody, who has to read its settings
    call = [find_peer("linkchecker") or "", "-f", str(config), "-o", "csv", farm.page_of(n_links)]
    used = watch(call, said, codes=(0, 1), limit_seconds=PEER_LIMIT_SECONDS)
    return Outcome(used, dict(states_of_linkchecker(said)))


def states_of_linkchecker(said: Path) -> Iterator[tuple[str, str]]:
    """``(address, state)`` of the rows that linkchecker wrote, as far as it came."""
    with said.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader((line for line in lines if not line.startswith("#")), delimiter=";"):
            if row["valid"] is None:  # it was ended while it wrote its last row
                return
            # Addresses that robots.txt forbids it does not ask.
            unasked = "uncheckable" if row["result"] == "syntax OK" else "alive"
            yield row["urlname"], unasked if row["valid"] == "True" else _broken(row["result"])


def run_linkinator(farm: Farm, n_links: int, folder: Path) -> Outcome:
    """npm's linkinator over a page that holds the links."""
    said = folder / "said.json"  # through a pipe its JSON is cut short
    words = ["--timeout", str(TIMEOUT_SECONDS * 1000), "--format", "json"]
    call = [find_peer("linkinator") or "", farm.page_of(n_links), *words]
    used = watch(call, said, codes=(0, 1), limit_seconds=PEER_LIMIT_SECONDS)
    # One that was ended has written nothing: its JSON comes at the end.
    return Outcome(used, states_of_linkinator(said) if used.is_finished else {})


def states_of_linkinator(said: Path) -> dict[str, str]:
    """The states by address that linkinator wrote."""
    known = {"OK": "alive", "SKIPPED": "uncheckable"}
    rows = json.loads(said.read_text(encoding="utf-8"))["links"]
    return {row["url"]: known.get(row["state"]) or _broken(str(row.get("status"))) for row in rows}


def _broken(status: str) -> str:
    """The state of a link that a peer calls broken, by the HTTP status it gives."""
    code = _STATUS.match(status)
    if code and code[0] in ("404", "410"):
        return "dead"
    return "blocked" if code and code[0] in ("401", "403", "429") else "failing"
