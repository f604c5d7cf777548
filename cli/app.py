"""The one command ``xuncha``: global options, error sentences and exit codes; its commands are found by file."""

from __future__ import annotations

import importlib
import logging
import os
import pkgutil
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError
from typer.exceptions import TyperException

from analysis.inspection import InspectionError
from cli import screen
from registry.tables import RegisterError
from reports.wording import ReportError
from scheduler.clock import Clock, parse_now
from scheduler.config import ConfigError
from scheduler.reporting import ReleaseError
from scheduler.workspace import Workspace
from storage.database import StorageError
from storage.search import SearchError

DONE, FAULT, WRONG_USE, INCOMPLETE, STOPPED = 0, 1, 2, 3, 130
GROUPS = "cli.groups"
NO_SPACE = 28  # errno ENOSPC

app = typer.Typer(
    name="xuncha",
    help="巡查：政务新媒体巡检与通报。只看公开页面，遵守爬虫协议，看不到的如实写“未能核查”。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


class UserError(Exception):
    """Wrong use, file or configuration; the message is one sentence that says what to do."""


# Errors whose message is already the sentence to print.
SENTENCES = (
    UserError,
    ConfigError,
    StorageError,
    RegisterError,
    ReleaseError,
    ReportError,
    SearchError,
    InspectionError,
)


@dataclass
class Options:
    """The global options of this call."""

    home: Path
    now: str | None
    verbose: bool


def options(context: typer.Context) -> Options:
    """The global options, from any command."""
    found = context.find_root().obj
    assert isinstance(found, Options)  # noqa: S101
    return found


def workspace(context: typer.Context) -> Workspace:
    """The opened home folder of this call.

    Raises:
        ConfigError: The folder is not one of ours.
        UserError: ``--now`` cannot be read.
    """
    return Workspace.open(options(context).home, clock(context))


def clock(context: typer.Context) -> Clock:
    """The clock of this call."""
    text = options(context).now
    try:
        return Clock(parse_now(text) if text else None)
    except ValueError as error:
        raise UserError(f"--now 要写成带时区的时间，例如 2026-11-20T08:00:00+08:00，现在是“{text}”。") from error


_HOME_HELP = "工作文件夹，默认为当前文件夹"
_NOW_HELP = "本次运行的时钟从这里开始（ISO 8601，带时区）"


@app.callback()
def _globals(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option("--home", envvar="XUNCHA_HOME", help=_HOME_HELP)] = None,
    now: Annotated[str | None, typer.Option("--now", envvar="XUNCHA_NOW", help=_NOW_HELP)] = None,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="在屏幕上显示详细日志")] = False,
) -> None:
    context.obj = Options((home or Path.cwd()).resolve(), now, verbose)
    _set_logging(verbose)


def _set_logging(verbose: bool) -> None:
    level = logging.INFO if verbose else logging.WARNING
    # On the handler, not on the root logger: Scrapy sets the root logger's level for itself.
    screen_log = logging.StreamHandler(sys.stderr)
    screen_log.setLevel(level)
    logging.basicConfig(handlers=[screen_log], format="%(asctime)s %(name)s %(levelname)s %(message)s")
    if not verbose:
        # Libraries talk to their developers; an office reads its own sentences only.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", SyntaxWarning)


def main() -> None:
    """Entry point: runs one command and exits with a code that means something."""
    package = importlib.import_module(GROUPS)
    for entry in sorted(pkgutil.iter_modules(package.__path__), key=lambda item: item.name):
        importlib.import_module(f"{GROUPS}.{entry.name}")
    try:
        code = app(standalone_mode=False)
    except KeyboardInterrupt:
        screen.tell("已停止；已看到的都已保存，重新运行会接着做。")
        sys.exit(STOPPED)
    except Exception as error:
        sys.exit(_failed(error))
    sys.exit(code if isinstance(code, int) else DONE)


def _failed(error: Exception) -> int:
    if isinstance(error, typer.Abort):
        screen.tell("已停止。")
        return STOPPED
    if isinstance(error, typer.Exit):
        return error.exit_code
    if isinstance(error, TyperException):
        words = error.format_message()
        if words:
            screen.tell(f"用法不对：{words}")
        return WRONG_USE
    sentence = _sentence(error)
    if sentence is not None:
        screen.tell(sentence)
        return WRONG_USE
    if os.environ.get("XUNCHA_DEBUG"):
        raise error
    screen.tell(f"程序出错（{type(error).__name__}：{error}）。")
    screen.tell("已保存的数据不受影响；设 XUNCHA_DEBUG=1 再运行一次可看到详情，请发给维护人员。")
    return FAULT


def _sentence(error: Exception) -> str | None:
    full = "磁盘已满：请清理后重新运行，已提交的数据都在。"
    if isinstance(error, SENTENCES):
        return str(error)
    if isinstance(error, OperationalError) and "disk" in str(error):
        return full
    if isinstance(error, OSError) and error.errno == NO_SPACE:
        return full
    if isinstance(error, PermissionError):
        return f"没有权限读写 {error.filename}；请换一个文件夹，或关闭正在打开它的程序。"
    if isinstance(error, FileNotFoundError | IsADirectoryError | NotADirectoryError):
        return f"没有这个文件或文件夹：{error.filename}。"
    return None
