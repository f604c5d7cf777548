"""Answers that can be asked for by condition (条件请求): an ETag for a body, and 304 to who has it already."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from demo.pages.answer import Answer


def with_etag(answer: Answer) -> Answer:
    """The answer with an ETag that names its body."""
    etag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    return replace(answer, headers={**answer.headers, "ETag": etag})


def conditional(answer: Answer, asked: Mapping[str, str]) -> Answer:
    """304 without a body where the request names the answer's ETag; the answer itself otherwise."""
    etag = answer.headers.get("ETag")
    if answer.status != 200 or etag is None or asked.get("If-None-Match") != etag:
        return answer
    return Answer(304, b"", {"ETag": etag})
