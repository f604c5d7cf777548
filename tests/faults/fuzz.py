"""What must hold of every page however damaged, and a trial of it from one seed."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from crawler import walls
from crawler.page import Page, Target
from crawler.progress import Progress
from crawler.reading import Reading, platform_modules, read
from records import Account, Post, as_json
from tests.faults.mutations import MUTATIONS, cut
from tests.faults.specimens import Specimen, specimens

STATUSES = ("ok", "empty", "gone", "blocked", "login", "unparsed")
ENDS = ("empty", "gone")
LONGEST_BITS = 63  # what a database's whole number holds


def trial(seed: int) -> str | None:
    """What went wrong with one damaged page, with all that is needed to see it again; ``None`` if nothing did."""
    random = Random(seed)
    specimen = random.choice(specimens())
    body, names = specimen.page.body, []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        names.append(random.choice(list(MUTATIONS)))
        body = MUTATIONS[names[-1]](body, random)
    fault = fault_of(specimen, body, only_cut=names == ["cut"])
    return None if fault is None else f"seed {seed}: {specimen.kind} {specimen.name} {'+'.join(names)}: {fault}"


def cut_trial(seed: int) -> str | None:
    """As ``trial``, of a page that was only cut."""
    random = Random(seed)
    specimen = random.choice(specimens())
    body = cut(specimen.page.body, random)
    fault = fault_of(specimen, body, only_cut=True)
    return None if fault is None else f"seed {seed}: {specimen.kind} {specimen.name} cut at {len(body)}: {fault}"


def fault_of(specimen: Specimen, body: bytes, *, only_cut: bool = False) -> str | None:
    """The first thing that must not be, read as a crawl reads it and as a saved file; also with damaged calls."""
    for page, platform in _ways(specimen, body):
        try:
            walls.classify(page, platform, page.kind)
            reading = read(page, platform)
            fault = _fault_of_reading(reading)
            if fault is None and only_cut and _is_shorter(specimen.page.body, body):
                fault = _fault_of_cut(specimen, reading, page)
        except Exception:
            fault = traceback.format_exc(limit=-4)
        if fault is not None:
            return fault
    return None


def _ways(specimen: Specimen, body: bytes) -> Iterator[tuple[Page, str | None]]:
    whole = specimen.page
    yield replace(whole, body=body), specimen.platform
    yield replace(whole, body=body, kind=None), None
    yield replace(whole, body=body, kind=None, url="", final_url=""), None
    if whole.calls:
        calls = tuple(replace(call, body=body) for call in whole.calls)
        yield replace(whole, calls=calls), specimen.platform


def _fault_of_reading(reading: Reading) -> str | None:
    if reading.status not in STATUSES:
        return f"status {reading.status}"
    if reading.status == "ok" and not reading.records:
        return "ok without records"
    if reading.status != "ok" and not (reading.reason or "").strip():
        return f"{reading.status} without a reason"
    return next((fault for record in reading.records if (fault := _fault_of_value(as_json(record)))), None)


def _fault_of_value(value: Any) -> str | None:
    """Why a record could not be stored: text that is no text, numbers that no database holds."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            return f"a record holds text that cannot be written: {error}"
    elif isinstance(value, int) and value.bit_length() > LONGEST_BITS:
        return f"a record holds a number of {value.bit_length()} bits"
    elif isinstance(value, dict | list):
        inside = value.values() if isinstance(value, dict) else value
        return next((fault for one in inside if (fault := _fault_of_value(one))), None)
    return None


def _is_shorter(whole: bytes, body: bytes) -> bool:
    """Whether something was cut off that matters: the end of an HTML page is its closing tag."""
    closing = max(whole.rfind(b"</html>"), whole.rfind(b"</HTML>"))
    kept = whole[: closing + len("</html>")] if closing >= 0 else whole.rstrip()
    return len(body) < len(kept)


def _fault_of_cut(specimen: Specimen, reading: Reading, page: Page) -> str | None:
    if reading.status in ENDS:
        return f"a page that was cut says {reading.status}: {reading.reason}"
    if page.kind not in platform_modules()[specimen.platform].LIST_KINDS:
        return None
    account = Account(platform=specimen.platform, uid="1", name="", unit="")
    times = [one.published_at for one in read(specimen.page, specimen.platform).records if isinstance(one, Post)]
    since = min((time for time in times if time), default=page.fetched_at) - timedelta(days=1)
    progress = Progress(Target(account=account, since=since), page.fetched_at)
    progress.take(reading, page.fetched_at, is_list=True)
    seen = progress.coverage()
    return f"a list that was cut covers {seen.covered_from}" if seen.status == "complete" else None
