"""A home folder of ``xuncha`` whose every request goes to the recorded pages, worked from outside by its commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from demo.server import CountyServer
from tests.recorded_mirror import RecordedMirror

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = ("平台", "账号名称", "主办单位", "账号ID", "访问链接", "文章链接", "订阅源", "订阅源完整")
RULES = ["zezhou-2022"]


@dataclass
class Office:
    """A home folder whose every request goes to the recorded pages."""

    home: Path
    mirror: RecordedMirror
    server: CountyServer
    codes: dict[str, int] = field(default_factory=dict)

    def xuncha(self, now: str, *words: str) -> Any:
        """The JSON of a command at the moment ``now``; its exit code is kept under the command's name."""
        settings = {
            "PYTHONPATH": str(ROOT),
            "XUNCHA_CRAWL_MIRROR": self.server.url,
            "XUNCHA_CRAWL_DELAY_SECONDS": "0",
            "XUNCHA_CRAWL_RENDER_WAIT_SECONDS": "2",
            "XUNCHA_RULES_REGULATIONS": json.dumps(RULES),
        }
        call = [sys.executable, "-m", "cli", "--home", str(self.home), "--now", now, *words]
        done = subprocess.run(
            call, capture_output=True, text=True, env={**os.environ, **settings}, cwd=ROOT, timeout=240, check=False
        )
        self.codes[words[0]] = done.returncode
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode in (0, 3), done.stderr
        return json.loads(done.stdout) if "--json" in words else done.stdout

    def registers(self, now: str, rows: Sequence[Mapping[str, str]]) -> None:
        """Start the folder with a register of these accounts."""
        self.xuncha(now, "init", str(self.home))
        book = openpyxl.Workbook()
        sheet = book.create_sheet("名录", 0)
        sheet.append(COLUMNS)
        for row in rows:
            sheet.append([row.get(column, "") for column in COLUMNS])
        book.save(self.home / "名录.xlsx")
        change = self.xuncha(now, "accounts", "import", str(self.home / "名录.xlsx"), "--json")
        assert (change["added"], change["problems"]) == (len(rows), [])

    def coverage(self, now: str) -> dict[str, Any]:
        """The last crawl's coverage by the account's name in the register."""
        names = {row["account"]: row["name"] for row in self.xuncha(now, "accounts", "list", "--json")}
        return {names[row["account"]]: row for row in self.xuncha(now, "coverage", "--json")}
