"""The command line as a whole: the README names every command, and each says in Chinese what it does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from cli.app import app, load_commands
from cli.loading import commands_by_file

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def commands(app: typer.Typer, prefix: str = "") -> dict[str, str | None]:
    """The first line of help of every command by its words, such as ``accounts import``."""
    found: dict[str, str | None] = {}
    for command in app.registered_commands:
        assert command.callback is not None
        found[f"{prefix}{command.name or command.callback.__name__}"] = command.callback.__doc__
    for group in app.registered_groups:
        assert group.typer_instance is not None
        alone = group.typer_instance.registered_callback
        if group.typer_instance.info.invoke_without_command is True:
            assert alone is not None and alone.callback is not None
            found[f"{prefix}{group.name}"] = alone.callback.__doc__
        found |= commands(group.typer_instance, f"{prefix}{group.name} ")
    return found


load_commands()
COMMANDS = commands(app)


def test_the_commands_of_the_contract_are_there() -> None:
    alone = {
        "init",
        "crawl",
        "nightly",
        "weekly",
        "schedule",
        "status",
        "doctor",
        "demo",
        "parse",
        "inspect",
        "coverage",
    }
    groups = {"posts", "findings", "links", "accounts import", "posts import", "observe sheet", "links check"}
    assert alone | groups | {"report weekly", "report release", "search", "table"} <= COMMANDS.keys()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_names(command: str) -> None:
    # As a command a reader can type: after "xuncha", or as the beginning of a piece of code.
    named = rf"(xuncha\s+(--\S+\s+\S+\s+)*|`){re.escape(command)}\b"
    assert re.search(named, README), f"README.md does not name {command}"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_chinese(command: str) -> None:
    words = COMMANDS[command]
    assert words is not None and re.search(r"[\u4e00-\u9fff]{2}", words)


def modules(found: typer.Typer, first: str = "") -> set[tuple[str, str]]:
    """``(first word, file)`` of every command."""
    callbacks = [(first or one.name, one.callback) for one in found.registered_commands]
    if found.registered_callback is not None and first:
        callbacks.append((first, found.registered_callback.callback))
    groups = [(group.typer_instance, first or str(group.name)) for group in found.registered_groups]
    own = {(name or one.__name__, one.__module__) for name, one in callbacks if one is not None}
    return own.union(*(modules(inner, name) for inner, name in groups if inner is not None))


def test_the_first_line_of_every_file_names_its_commands() -> None:
    told = {(word, module) for module, words in commands_by_file() for word in words}
    assert modules(app) == told
