"""Fills the page templates that lie in ``demo/pages/templates``."""

from __future__ import annotations

from functools import cache
from importlib import resources
from string import Template


class PageTemplate(Template):
    """A page with ``@{name}`` to fill in, so that the dollars and braces of its scripts stay as they are."""

    delimiter = "@"
    pattern = r"@(?:(?P<escaped>@)|\{(?P<braced>[a-z_]+)\}|(?P<named>(?!))|(?P<invalid>(?!)))"  # type: ignore[assignment]


def render(template: str, /, **values: str) -> str:
    """The template with every place filled in; KeyError where a value is missing."""
    return _template(template).substitute(values)


@cache
def _template(name: str) -> PageTemplate:
    folder = resources.files("demo.pages") / "templates"
    return PageTemplate((folder / name).read_text(encoding="utf-8"))
