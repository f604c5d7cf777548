"""Commands run the way a user runs them, on fresh folders; the whole county as a mirror for those that crawl."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cli.app import run
from demo.county import County, load_county
from demo.files import write_register
from demo.server import CountyServer

ROOT = Path(__file__).resolve().parent.parent.parent
NIGHT = load_county().nights[-1]
CONFIG = """\
[office]
name = "云岭县人民政府办公室"
contact = "xuncha@yunling.example"

[rules]
regulations = ["zezhou-2022", "shandong-2021"]

[crawl]
delay_seconds = 0
mirror = "{mirror}"

[links]
timeout_seconds = 5
control = ["https://www.yunling.example/"]
"""


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON value it has to be."""
        return json.loads(self.out)


Here = Callable[..., Done]


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Here:
    """Runs a command in this process: ``here("status", "--json", home=folder, now=…)``."""
    for name in [name for name in os.environ if name.startswith("XUNCHA_")]:
        monkeypatch.delenv(name)

    def call(*words: str | Path, home: Path | None = None, now: str | datetime | None = None) -> Done:
        begin = ["--home", str(home)] if home is not None else []
        begin += ["--now", now if isinstance(now, str) else now.isoformat()] if now is not None else []
        capsys.readouterr()
        code = run([*begin, *map(str, words)])
        shown = capsys.readouterr()
        return Done(code, shown.out, shown.err)

    return call


def command(*words: str | Path, home: Path | None = None, now: datetime | None = None) -> list[str]:
    """The command line that starts ``xuncha`` as a child process."""
    begin = ["--home", str(home)] if home is not None else []
    begin += ["--now", now.isoformat()] if now is not None else []
    return [sys.executable, "-m", "cli", *begin, *map(str, words)]


def surroundings(**changes: str) -> dict[str, str]:
    """The environment of a child process: none of ours but those given, and no browser."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("XUNCHA_")}
    return {**own, "PYTHONPATH": str(ROOT), "XUNCHA_CHROMIUM": "/nonexistent/chromium", **changes}


def child(
    *words: str | Path,
    home: Path | None = None,
    now: datetime | None = None,
    given: str | bytes = "",
    environment: Mapping[str, str] | None = None,
    limit_bytes: int | None = None,
) -> Done:
    """Runs a command as a child process; ``limit_bytes`` is the largest file it may write, like a full disk."""
    done = subprocess.run(
        command(*words, home=home, now=now),
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        env=surroundings(**(environment or {})),
        cwd=home if home is not None and home.is_dir() else ROOT,
        preexec_fn=None if limit_bytes is None else lambda: limit_files(limit_bytes),
        timeout=240,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def limit_files(limit_bytes: int) -> None:
    """Let this process write no file longer than this."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))


@pytest.fixture
def home(tmp_path: Path, here: Here) -> Path:
    """A folder that ``xuncha init`` made."""
    folder = tmp_path / "home"
    assert here("init", folder).code == 0
    return folder


def table(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """A text table."""
    path.write_text("\n".join(",".join(map(str, row)) for row in rows) + "\n", encoding="utf-8")
    return path


HEADS = ["平台", "账号名称", "主办单位", "账号ID", "创建日期"]
ROWS = [
    ["微博", "云岭发布", "云岭县人民政府办公室", "1000000001", "2019-07-01"],
    ["微博", "平安云岭", "云岭县公安局", "1000000002", "2019-07-01"],
]


@pytest.fixture(scope="session")
def mirror() -> Iterator[CountyServer]:
    """The county's platforms as they stand on the last night."""
    county = load_county()
    with CountyServer(county, now=county.nights[-1]) as server:
        yield server


def make_home(folder: Path, county: County, mirror: str) -> Path:
    """A folder with the county's register imported and nothing seen."""
    folder.mkdir(parents=True)
    (folder / "xuncha.toml").write_text(CONFIG.format(mirror=mirror), encoding="utf-8")
    register = write_register(county, folder / "名录.xlsx", NIGHT)
    done = child("accounts", "import", register, home=folder, now=NIGHT)
    assert done.code == 0, done.err
    return folder


@pytest.fixture(scope="session")
def seen_home(tmp_path_factory: pytest.TempPathFactory, mirror: CountyServer) -> Path:
    """The county after one night without a browser; not to be changed."""
    folder = make_home(tmp_path_factory.mktemp("county") / "home", mirror.county, mirror.url)
    done = child("nightly", "--json", home=folder, now=NIGHT)
    (folder / "nightly.json").write_text(done.out, encoding="utf-8")
    assert done.code == 3, done.err
    return folder


@pytest.fixture
def own_home(seen_home: Path, tmp_path: Path) -> Path:
    """A copy of the county after one night, to be changed."""
    return Path(shutil.copytree(seen_home, tmp_path / "home"))
