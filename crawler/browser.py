"""Finds the Chromium that opens Toutiao's pages, and says what to install where there is none.

Playwright itself is not imported: without it, or without a browser, everything else still works.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

VARIABLE = "XUNCHA_CHROMIUM"
NO_BROWSER = (
    "没有找到 Chromium 浏览器，今日头条本次不采集：请运行 uv run playwright install chromium，"
    "或安装系统自带的 Chromium（例如 apt install chromium），也可以用环境变量 XUNCHA_CHROMIUM 指明其路径。"
)
_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
_BUILDS = (("chromium", "chromium"), ("chromium-headless-shell", "chromium_headless_shell"))
_PROGRAMS = (
    "chrome-linux*/chrome",
    "chrome-linux*/headless_shell",
    "chrome-headless-shell-linux*/chrome-headless-shell",
    "chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
    "chrome-mac*/headless_shell",
    "chrome-win*/chrome.exe",
    "chrome-win*/headless_shell.exe",
)
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium(environ: Mapping[str, str] = os.environ) -> str | None:
    """The path of the browser to use; ``None`` where there is none (then say ``NO_BROWSER``).

    Order: the environment variable ``XUNCHA_CHROMIUM`` (alone, if set: a wrong path is not passed over),
    the browser that Playwright installed, then chromium, chromium-browser, google-chrome and microsoft-edge
    on the search path.
    """
    named = environ.get(VARIABLE)
    if named:
        return shutil.which(named, path=environ.get("PATH"))
    own = next(_playwright_browsers(environ), None)
    if own is not None:
        return str(own)
    found = (shutil.which(command, path=environ.get("PATH")) for command in _COMMANDS)
    return next((path for path in found if path), None)


def launch_arguments() -> list[str]:
    """Chromium's arguments: quiet, and without the sandbox only where root cannot have one."""
    return [*_QUIET, *(["--no-sandbox"] if _is_root() else [])]


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _playwright_browsers(environ: Mapping[str, str]) -> Iterator[Path]:
    """Browsers of the revision that the installed Playwright drives, full builds first."""
    spec = find_spec("playwright")
    if spec is None or not spec.submodule_search_locations:
        return
    table = Path(spec.submodule_search_locations[0]) / "driver" / "package" / "browsers.json"
    if not table.is_file():
        return
    revisions = {row["name"]: row["revision"] for row in json.loads(table.read_text(encoding="utf-8"))["browsers"]}
    for name, folder in _BUILDS:
        build = _browsers_folder(environ) / f"{folder}-{revisions.get(name)}"
        for pattern in _PROGRAMS:
            yield from (path for path in sorted(build.glob(pattern)) if os.access(path, os.X_OK))


def _browsers_folder(environ: Mapping[str, str]) -> Path:
    named = environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if named and named != "0":
        return Path(named)
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or ".")
    caches = {"darwin": home / "Library" / "Caches", "win32": home / "AppData" / "Local"}
    return caches.get(sys.platform, home / ".cache") / "ms-playwright"


def main() -> int:
    """``python -m crawler.browser``: prints the browser's path, or what to install; 0 if there is one, else 1."""
    found = find_chromium()
    sys.stdout.write(f"{found or NO_BROWSER}\n")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
