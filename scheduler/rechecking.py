"""Tells a kept link check once more (复核链接检测): what its stored answers say, read as they would be read today."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.link_addresses import Standing
from crawler.link_bodies import unpacked
from crawler.link_comparison import standing_compared, wants_comparison
from crawler.link_options import asked_of
from crawler.link_states import Answer, most_bytes, standing_of_answer
from crawler.link_wire import Reply
from pipelines.answers import MISSING
from pipelines.members import ArchiveError, Stored
from pipelines.stored import full_record, group_at
from pipelines.warc import KIND, written_address
from reports.link_words import link_reason, link_state

# What a page itself says; faults of network and name, and what was not asked, leave no answer that would say it again.
_SAID_BY_PAGE = ("soft_404", "same_as_missing", "gone")
_STATUS = "http_"
_ANSWERS = ("response", "revisit")


def load_kept_check(home: Path, ref: str) -> dict[str, Any]:
    """A kept link check as it was written, as JSON has it.

    Raises:
        ArchiveError: What lies there is not what was stored.
    """
    found: dict[str, Any] = json.loads(_records(home, ref)[0].body)
    return found


def told_otherwise(home: Path, ref: str) -> str | None:
    """What the stored answers of a link check say otherwise today than it concluded then; ``None`` if nothing.

    Of a link that is dead because its host answers it like an address that cannot exist both answers are read and
    compared again. What rests on no answer (a name, a timeout) cannot be told again and is not.

    Raises:
        ArchiveError: What lies there is not what was stored.
    """
    kept = load_kept_check(home, ref)
    reason = kept["reason"] or ""
    if kept["state"] not in ("dead", "failing") or not (reason in _SAID_BY_PAGE or reason.startswith(_STATUS)):
        return None
    at = datetime.fromisoformat(kept["checked_at"])
    answers = parse_answers(_records(home, ref), at)
    if None not in answers:
        return "存档里没有这条链接的应答，不能重新判断，请人工核对"
    return _difference(kept, answers[None], answers.get(MISSING))


def parse_answers(records: Iterable[Stored], at: datetime) -> dict[str | None, Answer]:
    """The answers behind a kept link check as the check read them, by their kind: ``None`` is the link's own.

    Args:
        records: Of the check's group; what is no answer is passed over.
        at: When it was checked.

    Raises:
        ArchiveError: An answer is without address or status.
    """
    return {one.said(KIND): _answer(one, at) for one in records if one.type in _ANSWERS}


def _difference(kept: Mapping[str, Any], answer: Answer, missing: Answer | None) -> str | None:
    # Addresses in the archive are without what grants access, so all of them are compared as they stand there.
    asked = written_address(asked_of(kept["url"]))
    told = standing_of_answer(answer, asked)
    if told.state == "alive" and missing is None and wants_comparison(asked, answer, answer.url, answer.sets_cookie):
        return "存档里没有该网站对不存在的地址的应答，不能重新比较，请人工核对"
    told = standing_compared(told, asked, answer, missing, answer.sets_cookie)
    if told == Standing(kept["state"], kept["reason"]):
        return None
    return f"存下的应答现在读作{_words(told, answer.status)}，当时是{_words_then(kept)}"


def _words(told: Standing, status: int) -> str:
    why = link_reason(told.reason, status)
    return f"“{link_state(told.state)}”" + (f"（{why}）" if why else "")


def _words_then(kept: Mapping[str, Any]) -> str:
    return _words(Standing(kept["state"], kept["reason"]), kept["status"])


def _records(home: Path, ref: str) -> list[Stored]:
    name, _, offset = ref.partition("#")
    if not offset:
        raise ArchiveError(f"{ref} 不是链接检测的存档。")
    with (home / name).open("rb") as file:
        records = [full_record(file, one) for one in group_at(file, int(offset))]
    if not records:
        raise ArchiveError(f"存档 {ref} 里没有记录。")
    return records


def _answer(record: Stored, at: datetime) -> Answer:
    """A stored answer, unpacked and cut as the link check did it."""
    url, status = record.said("WARC-Target-URI"), record.status_line.partition(" ")[2].partition(" ")[0]
    if url is None or not status.isdecimal():
        raise ArchiveError("链接应答的存档没有地址或状态码，不是本软件写的。")
    lines = tuple(f"{name}: {value}".encode() for name, value in record.headers)
    reply = Reply(int(status), lines, record.body, record.said("WARC-Truncated") is not None, 0.0)
    body, is_whole = unpacked(reply, most_bytes(url, at))
    return Answer(
        url=url,
        status=reply.status,
        location=reply.header(b"location"),
        content_type=(reply.header(b"content-type") or "").lower(),
        body=body,
        whole=is_whole,
        fetched_at=at,
        sets_cookie=reply.header(b"set-cookie") is not None,
    )
