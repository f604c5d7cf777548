"""Who may import whom, and the other rules of the house that a program can see.

``ROOMS`` is the table of the house style; change it and the reason together. Two departures from the
plan of the rooms are meant: scheduler/ is a folder, as its jobs outgrew one file, and storage/queries/ is
a folder of reads by subject for the same reason.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OBSERVING = {"records", "registry", "crawler", "pipelines", "storage", "analysis", "reports"}
EVERYTHING = {*OBSERVING, "web", "scheduler", "cli", "demo", "bench"}
ROOMS: dict[str, set[str]] = {
    "records": set(),
    "registry": {"records"},
    "crawler": {"records", "registry"},
    "pipelines": {"records", "storage"},
    "storage": {"records"},
    "analysis": {"records"},
    "reports": {"records"},
    "web": {"records", "storage", "reports"},
    "scheduler": OBSERVING,
    "cli": EVERYTHING - {"bench"},
    "demo": EVERYTHING,
    "bench": EVERYTHING | {"tests"},  # the soak runs the fault suite of tests/faults in full
    "scripts": set(),  # run by themselves, before anything of ours is built
}
NETWORK = {"scrapy", "twisted", "aiohttp", "playwright", "requests", "httpx", "socket", "http", "urllib.request"}
DATABASE = {"sqlalchemy", "sqlite3", "alembic", "sqlite_utils"}
DISK = {"pathlib", "os", "shutil", "tempfile", "subprocess"}
FORBIDDEN: dict[str, set[str]] = {
    "registry": NETWORK | DATABASE,
    "storage": {"scrapy", "twisted", "aiohttp", "playwright"},
    "analysis": NETWORK | DATABASE | DISK | {"time"},
    "reports": NETWORK | DATABASE | DISK - {"pathlib"} | {"time"},  # an office's own templates lie in a folder
    "web": NETWORK - {"http"},
}
# They read the clock once a run and pass it on; the spiders' driver alone stamps what it fetches.
CLOCK_READERS = {"scheduler", "cli", "demo", "bench", "crawler/base.py"}
LONGEST = 300
GENERATED = "storage/migrations/versions/"


def files(*rooms: str) -> list[Path]:
    """Every Python file of the rooms."""
    return sorted(path for room in rooms or ROOMS for path in (ROOT / room).rglob("*.py"))


def name_of(path: Path) -> str:
    """The file's place below the checkout."""
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """``(module, line)`` of every import of a file, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name_of(path)}:{node.lineno} imports relatively: write the room's name"
            yield node.module or "", node.lineno


def is_one_of(module: str, forbidden: set[str]) -> bool:
    """Whether a module is one of these or lies below one."""
    return any(module == name or module.startswith(name + ".") for name in forbidden)


@pytest.mark.parametrize("room", [room for room in ROOMS if (ROOT / room).is_dir()])
def test_a_room_imports_only_what_the_table_allows(room: str) -> None:
    for path in files(room):
        for module, line in imports(path):
            other = module.partition(".")[0]
            allowed = other not in {*ROOMS, "tests"} or other == room or other in ROOMS[room]
            assert allowed, f"{name_of(path)}:{line} imports {module}: {room} may import {sorted(ROOMS[room])}"


def test_every_folder_with_code_is_a_room_of_the_table() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/*.py") if not path.parent.name.startswith(".")}
    assert folders - {"tests"} <= set(ROOMS)


def test_no_two_rooms_import_each_other() -> None:
    graph = {
        room: {module.partition(".")[0] for path in files(room) for module, _ in imports(path)} & set(ROOMS) - {room}
        for room in ROOMS
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_records_need_nothing_but_the_standard_library() -> None:
    for path in files("records"):
        for module, line in imports(path):
            top = module.partition(".")[0]
            assert top == "records" or top in sys.stdlib_module_names, f"{name_of(path)}:{line} imports {module}"


@pytest.mark.parametrize("room", [room for room in FORBIDDEN if (ROOT / room).is_dir()])
def test_a_room_keeps_away_from_what_is_not_its_work(room: str) -> None:
    for path in files(room):
        for module, line in imports(path):
            assert not is_one_of(module, FORBIDDEN[room]), f"{name_of(path)}:{line}: {room} must not touch {module}"


def test_the_clock_is_read_where_a_run_begins_and_nowhere_else() -> None:
    for path in files():
        if name_of(path) in CLOCK_READERS or name_of(path).partition("/")[0] in CLOCK_READERS:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                said = f"{node.value.id}.{node.attr}"
                reads = said in ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time")
                assert not reads, f"{name_of(path)}:{node.lineno} reads the clock: take the time as an argument"


def test_a_name_with_an_underscore_stays_in_its_file() -> None:
    for path in files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in ROOMS:
                borrowed = [alias.name for alias in node.names if alias.name.startswith("_")]
                assert not borrowed, f"{name_of(path)}:{node.lineno} borrows {borrowed} from {node.module}"


@pytest.mark.parametrize("path", [path for path in files() if path.name == "__init__.py"], ids=name_of)
def test_a_package_is_empty_or_says_what_it_exports(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not text.strip() or "__all__" in text or not ast.parse(text).body[1:]


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in [*files(), *(ROOT / "tests").rglob("*.py")]
        if not name_of(path).startswith(GENERATED)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_no_installed_distribution_owns_one_of_our_names() -> None:
    owners = metadata.packages_distributions()
    assert {room: set(owners[room]) for room in ROOMS if set(owners.get(room, ())) - {"xuncha"}} == {}


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    place = b"/" + b"work/"
    kept = kept_files()
    assert Path(__file__) in kept
    assert [name_of(path) for path in kept if place in path.read_bytes()] == []


def kept_files() -> list[Path]:
    """The files of the project: those that git keeps, or in a copy without git all but hidden ones."""
    listed = subprocess.run(["git", "ls-files", "-zco", "--exclude-standard"], cwd=ROOT, capture_output=True)
    if listed.returncode == 0:
        found = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not any(part[0] in "._" for part in path.parts[len(ROOT.parts) :])]
    return [path for path in found if path.is_file()]
