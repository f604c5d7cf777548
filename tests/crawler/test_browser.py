"""The set-up scripts ask this module whether a browser is there: its exit code must tell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def asked(chromium: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "XUNCHA_CHROMIUM": chromium}
    command = [sys.executable, "-m", "crawler.browser"]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)


def test_without_a_browser_the_code_is_1_and_the_command_is_named() -> None:
    done = asked("/nonexistent/chromium")
    assert done.returncode == 1
    assert "apt install chromium" in done.stdout


def test_with_a_browser_the_code_is_0_and_its_path_is_told() -> None:
    done = asked(sys.executable)
    assert (done.returncode, done.stdout.strip()) == (0, sys.executable)
