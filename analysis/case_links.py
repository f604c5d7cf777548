"""The checked links of a worked example (示例中的链接检测): compact answers -> link checks, and what was kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from records import SHANGHAI, LinkCheck, Snapshot

USUAL_REASON: Mapping[str, str] = {"dead": "http_404", "failing": "timeout"}
"""What a dead or failing answer is taken to have been where a case does not say."""
_STATUS = {"http_404": 404, "http_410": 410, "soft_404": 200, "same_as_missing": 200, "gone": 200}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Answered(_Strict):
    """One answer of a link; without ``run`` each is of a run of its own."""

    state: Literal["alive", "dead", "failing", "moved", "blocked", "refused", "uncheckable"]
    at: datetime
    status: int | None = None
    reason: str | None = None
    proven: bool = True
    run: int | None = None


class Linked(_Strict):
    """One address of a post and what it answered."""

    url: str
    checks: list[Answered] = []


def link_checks_of(links: Sequence[Linked]) -> dict[str, tuple[LinkCheck, ...]]:
    """The link checks of each address, in the order written."""
    return {link.url: tuple(_checks(link)) for link in links}


def kept_answers(checks: Mapping[str, Sequence[LinkCheck]]) -> dict[LinkCheck, Snapshot]:
    """A made-up snapshot of every answer that is not alive."""
    return {check: _kept(check) for answers in checks.values() for check in answers if check.state != "alive"}


def _checks(link: Linked) -> Iterator[LinkCheck]:
    for number, answer in enumerate(link.checks, 1):
        reason = answer.reason or USUAL_REASON.get(answer.state)
        yield LinkCheck(
            url=link.url,
            state=answer.state,
            checked_at=answer.at if answer.at.tzinfo else answer.at.replace(tzinfo=SHANGHAI),
            status=answer.status or _STATUS.get(reason or ""),
            reason=reason,
            proven=answer.proven,
            run_id=number if answer.run is None else answer.run,
        )


def _kept(check: LinkCheck) -> Snapshot:
    digest = hashlib.sha256(f"{check.url} {check.checked_at.isoformat()}".encode()).hexdigest()
    return Snapshot(url=check.url, fetched_at=check.checked_at, sha256=digest, ref=f"evidence/case.warc.gz#{digest}")
