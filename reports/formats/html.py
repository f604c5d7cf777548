"""The page (.html): one file that needs no network, every value escaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from jinja2 import Environment, FunctionLoader, StrictUndefined

from records import Result
from reports import states, wording
from reports.report import AccountRow, Line, Report
from reports.standing import TROUBLE
from reports.words import load_text

_WORDING = (
    wording.long_date,
    wording.minute,
    wording.platform_name,
    wording.safe_address,
    wording.shanghai_day,
    wording.share,
    wording.short_date,
    states.state_of,
    states.states,
    states.verdict_state,
)


def render(report: Report) -> bytes:
    """The page as UTF-8 bytes."""
    stage = Environment(
        loader=FunctionLoader(lambda name: load_text(name, report.templates)),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
    )
    stage.globals.update({function.__name__: function for function in _WORDING})
    page = stage.get_template("page.html.j2").render(
        report=report,
        today=wording.bounds(report.period)[1],
        due=sorted(report.lines, key=_due),
        by_unit=_by_unit(report.accounts),
        anchors={row.ref: f"a{number}" for number, row in enumerate(report.accounts, 1)},
        unknown=states.state_of(Result.UNKNOWN),
    )
    return page.encode("utf-8")


def _printable(value: object) -> object:
    return wording.printable(value) if type(value) is str else value


def _due(line: Line) -> tuple[date, str]:
    return line.due_on or date.max, line.id


def _by_unit(rows: Sequence[AccountRow]) -> list[tuple[str, list[AccountRow]]]:
    ordered = sorted(rows, key=lambda row: row.unit)
    units = [(unit, list(members)) for unit, members in groupby(ordered, key=lambda row: row.unit)]
    worst = {unit: min(TROUBLE.index(row.state) for row in members) for unit, members in units}
    return sorted(units, key=lambda pair: worst[pair[0]])
