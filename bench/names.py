"""Search for look-alike names side by side with the peers, as a Markdown table; ``make bench`` keeps it.

``python -m bench.names [--names N] [--queries N] [--many N] [ROW ...]``: every row is an interpreter of its own;
seconds are those of the processor. The corpus is made of real places and everyday words, and the candidates of the
judging half of ``bench/likeness/pairs.tsv`` are hidden in it; the registered names are those of the same half.

``python -m bench.names --benchmark`` prints what our likeness finds of the labelled pairs, and what it says of the
honest names, for the tuning and the judging half apart.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from analysis.names import ALIKE
from bench.likeness.labelled import Pair, load_honest, load_pairs
from bench.likeness.measures import ALL, Search, best, found_alike, found_at_top, honest_alike, ranked_among, weakest
from bench.likeness.tables import HALVES
from bench.name_searches import PEERS, load_lines, peak_mb
from bench.names_corpus import corpus, register
from bench.night import commit

N_RANKED = 50_000
PART = 40_000  # names of the corpus that the peers' cdist is given at many registered names
# Runs the command line and tells the most memory that it held, which the parent's own would hide.
_WATCHED = """\
import atexit, runpy, sys
told, sys.argv = sys.argv[1], ["xuncha", *sys.argv[2:]]
def tell():
    peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
    open(told, "w").write(peak)
atexit.register(tell)
runpy.run_module("cli", run_name="__main__", alter_sys=True)
"""
COMMAND = "command"
OURS = "ours"
MANY = "_many"


def _planted(registered: Sequence[str]) -> list[Pair]:
    known = set(registered)
    return [pair for pair in load_pairs("judge") if pair.name in known]


def _at_top(pairs: Sequence[Pair], found: dict[str, set[str]]) -> dict[str, Any]:
    of_kinds = found_at_top(pairs, found)
    kind, share = weakest(of_kinds)
    return {"recall": of_kinds[ALL], "weakest": f"{kind} {share:.3f}", "kinds": of_kinds}


def run_ours(registered: list[str], names: Path, show: int) -> dict[str, Any]:
    """Our search: what it found, what it put before a person, and its seconds."""
    search = Search(registered)
    pairs = _planted(registered)
    planted = {(pair.name, pair.candidate) for pair in pairs}
    hidden = {pair.candidate for pair in pairs}
    alike: list[tuple[str, str, float]] = []

    def noted(lines: Any) -> Any:
        for match in search.matches(lines):
            if match[2] >= ALIKE:
                alike.append(match)
            yield match

    with names.open(encoding="utf-8", newline="\n") as lines:
        ranked = best(noted(line.removesuffix("\n") for line in lines))
    unplanted = [match for match in alike if match[1] not in hidden]
    n_alike = len(planted & {(name, candidate) for name, candidate, _ in alike})
    for name, candidate, score in unplanted[:show]:
        print(f"{score:.3f} {name} {candidate}", file=sys.stderr)
    each = Counter(name for name, _, _ in unplanted)
    return {
        **_at_top(pairs, {name: {candidate for _, candidate in found} for name, found in ranked.items()}),
        "alike": n_alike / len(planted),
        "unplanted": len(unplanted) / len(registered),
        "unplanted_median": sorted(each.get(name, 0) for name in registered)[len(registered) // 2],
        "prepare_seconds": search.fold_seconds + search.index_seconds,
        "match_seconds": search.match_seconds,
        "mb": peak_mb(),
    }


def run_peer(row: str, registered: Path, names: Path, n_names: int) -> dict[str, Any]:
    """A peer's search; at many registered names it gets a part of the corpus, and its seconds are scaled up."""
    part = min(PART, n_names) if row.endswith(MANY) else n_names
    asked = ["-m", "bench.name_searches", row.removesuffix(MANY), str(registered), str(names), str(part)]
    searched = _child(asked)
    scale = n_names / part
    found = {name: set(candidates) for name, candidates in searched["found"].items()}
    return {
        **({} if row.endswith(MANY) else _at_top(_planted(load_lines(registered)), found)),
        "prepare_seconds": searched["prepare_seconds"] * scale,
        "match_seconds": searched["match_seconds"] * scale,
        "scaled": scale > 1,
        "mb": searched["mb"],
    }


def run_command(registered: Path, names: Path) -> dict[str, Any]:
    """``xuncha lookalike --in FILE`` in a folder of its own, from start to end."""
    asked = load_lines(registered)
    with tempfile.TemporaryDirectory() as home:
        subprocess.run([sys.executable, "-m", "cli", "init", home], capture_output=True, check=True)  # noqa: S603
        told, answer = Path(home) / "peak.txt", Path(home) / "answer.json"
        arguments = ["--home", home, "lookalike", *asked, "--in", str(names), "--json"]
        with answer.open("wb") as kept:
            child = subprocess.Popen([sys.executable, "-c", _WATCHED, str(told), *arguments], stdout=kept)  # noqa: S603
            _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise subprocess.CalledProcessError(child.returncode, "lookalike")
        matches, peak = json.loads(answer.read_bytes()), int(told.read_text(encoding="ascii")) / 1024
    found: dict[str, set[str]] = {}
    for match in matches:
        found.setdefault(match["name"], set()).add(match["candidate"])
    return {**_at_top(_planted(asked), found), "match_seconds": used.ru_utime + used.ru_stime, "mb": peak}


def measure(row: str, folder: Path, n_names: int, show: int) -> dict[str, Any]:
    """One row, each in a process of its own."""
    registered = folder / ("many.txt" if row.endswith(MANY) else "registered.txt")
    names = folder / "names.txt"
    if row == COMMAND:
        return run_command(registered, names)
    if row.removesuffix(MANY) == OURS:
        return _child(["-m", "bench.names", "--ours", str(registered), str(names), "--show", str(show)])
    return run_peer(row, registered, names, n_names)


def _missing(row: str) -> list[str]:
    packages = PEERS[row.removesuffix(MANY)][2] if row.removesuffix(MANY) in PEERS else ()
    return [package for package in packages if find_spec(package) is None]


def _label(row: str) -> str:
    base = row.removesuffix(MANY)
    return {OURS: "`analysis.lookalikes`", COMMAND: "`xuncha lookalike --in FILE`, the whole command"}.get(base) or (
        PEERS[base][0]
    )


def _cell(measured: dict[str, Any], field: str, form: str = ".3f") -> str:
    return format(measured[field], form) if field in measured else "–"


def _line(row: str, measured: dict[str, Any], n_registered: int, ratio: float | None) -> str:
    times = f"{measured['match_seconds'] / ratio:.3f}" if ratio and row != COMMAND else "–"
    cells = [
        _label(row),
        f"{n_registered:,}",
        _cell(measured, "recall"),
        measured.get("weakest", "–"),
        _cell(measured, "alike"),
        _cell(measured, "unplanted", ".1f"),
        _cell(measured, "prepare_seconds", ".2f"),
        _cell(measured, "match_seconds", ".2f") + (" (scaled)" if measured.get("scaled") else ""),
        times,
        _cell(measured, "mb", ".0f"),
    ]
    return "| " + " | ".join(cells) + " |"


def _child(arguments: Sequence[str]) -> dict[str, Any]:
    ran = subprocess.run([sys.executable, *arguments], stdout=subprocess.PIPE, check=True)  # noqa: S603
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def _bare_mb() -> float:
    """What an interpreter holds that does nothing else."""
    code = "print([line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')][0])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)  # noqa: S603
    return int(ran.stdout) / 1024


def compare(n_names: int, n_registered: int, n_many: int, rows: Sequence[str], show: int) -> None:
    """Prints the table of all rows."""
    pairs = load_pairs("judge")
    sizes = {"registered.txt": n_registered, "many.txt": n_many}
    left_out = []
    print(_HEAD.format(commit=commit(), n_names=n_names, n_many=n_many, part=PART))
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        kept = {name: register(pairs, size) for name, size in sizes.items()}
        for name, registered in kept.items():
            (folder / name).write_text("\n".join(registered) + "\n", encoding="utf-8")
        known = set(kept["registered.txt"]) | set(kept["many.txt"])
        hidden = {pair.candidate for pair in pairs}
        (folder / "names.txt").write_text("\n".join(corpus(n_names, hidden, known)) + "\n", encoding="utf-8")
        bare = _bare_mb()
        ratios: dict[bool, float] = {}
        for row in rows:
            if missing := _missing(row):
                left_out.append(f"{_label(row)} ({', '.join(missing)} missing)")
                continue
            many = row.endswith(MANY)
            try:
                measured = measure(row, folder, n_names, show)
            except subprocess.CalledProcessError as error:
                left_out.append(f"{_label(row)} (ended with {error.returncode})")
                continue
            if row.removesuffix(MANY) == "ratio":
                ratios[many] = measured["match_seconds"]
            measured["mb"] -= bare
            print(_line(row, measured, n_many if many else n_registered, ratios.get(many)), flush=True)
    print("\nLeft out: " + ("; ".join(left_out) if left_out else "none") + ".")


_HEAD = """\
# Search for look-alike names among {n_names:,}

Commit {commit}, `python -m bench.names`. Every row is a process of its own; seconds are those of the processor.
Hidden among the names are the candidates of the judging half of `bench/likeness/pairs.tsv`. "Weakest" is the kind
with the smallest recall at 20; "alike" the share of hidden candidates at or above 0.8; "unplanted" the names a query
at or above 0.8 that nobody hid. Keys: folding and indexing before the search. Ratio: matching against `cdist` ratio
of the same run, which is given its names as a ready list; at {n_many:,} registered names it is given {part:,} names of
the corpus, and its seconds are scaled up. MB: the peak over a bare interpreter.

| search | registered | recall at 20 | weakest | alike | unplanted | keys s | matching s | ratio | MB |
|---|---|---|---|---|---|---|---|---|---|"""


def benchmark() -> None:
    """Prints the measures of the labelled pairs and of the honest names, half by half."""
    for half in HALVES:
        pairs = load_pairs(half)
        names = corpus(N_RANKED, {pair.candidate for pair in pairs}, {pair.name for pair in pairs})
        at_top, alike = found_at_top(pairs, ranked_among(pairs, names)), found_alike(pairs)
        print(f"\n## {half}: {len(pairs):,} pairs among {N_RANKED:,} names\n")
        print("| kind | pairs | recall at 20 | recall at 0.8 |\n|---|---|---|---|")
        for kind, share in at_top.items():
            n_pairs = sum(kind in (ALL, pair.kind) for pair in pairs)
            print(f"| {kind} | {n_pairs} | {share:.3f} | {alike[kind]:.3f} |")
        rows = load_honest(half)
        print(f"\n{len(rows):,} honest names\n\n| kind | names | at or above 0.8 |\n|---|---|---|")
        for kind, share in honest_alike(rows).items():
            print(f"| {kind} | {sum(kind in (ALL, row.kind) for row in rows)} | {share:.4f} |")


def main() -> None:
    """Reads the command line; prints a table, or one row as JSON for the table's process."""
    every = ["ratio", OURS, "jaro_winkler", "tfidf", "fts5", "tantivy", "ratio" + MANY, OURS + MANY, COMMAND]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="of " + ", ".join(every))
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--many", type=int, default=5_000)
    parser.add_argument("--benchmark", action="store_true")
    parser.add_argument(
        "--show", type=int, default=0, help="unplanted names at or above 0.8 to print on standard error"
    )
    parser.add_argument("--ours", nargs=2, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ours:
        print(json.dumps(run_ours(load_lines(given.ours[0]), given.ours[1], given.show)))
    elif given.benchmark:
        benchmark()
    else:
        if wrong := set(given.rows) - set(every):
            parser.error(f"unknown rows: {', '.join(sorted(wrong))}")
        compare(given.names, given.queries, given.many, given.rows or every, given.show)


if __name__ == "__main__":
    main()
