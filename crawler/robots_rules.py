"""What one robots.txt allows (爬虫规则), failing closed: an answer that is no set of rules forbids.

404 and 410 allow. 5xx, any other status, and a body that is markup or without a single rule line (a challenge page in
its place) forbid.
"""

from __future__ import annotations

import re

from protego import Protego

_RULE_LINE = re.compile(rb"^\s*(user-agent|disallow|allow|sitemap|crawl-delay)\s*:", re.IGNORECASE | re.MULTILINE)
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<")
_ALLOWED_STATUS = (404, 410)


class Rules:
    """The rules of one host. ``is_unread`` where the answer was no set of rules, which forbids all."""

    def __init__(self, status: int, body: bytes) -> None:
        self.allows_all = status in _ALLOWED_STATUS
        # A challenge's script may hold a line such as "allow: true," and no rule at all.
        readable = status == 200 and not _MARKUP.match(body) and bool(_RULE_LINE.search(body))
        self.is_unread = not self.allows_all and not readable
        self._protego = Protego.parse(body.decode("utf-8-sig", "ignore")) if readable else None

    def allowed(self, url: str, user_agent: str) -> bool:
        """Whether ``user_agent`` may fetch ``url``."""
        if self._protego is None:
            return self.allows_all
        return bool(self._protego.can_fetch(url, user_agent))

    def crawl_delay(self, user_agent: str) -> float | None:
        """Seconds between requests that the host asks for, if it does."""
        delay = self._protego.crawl_delay(user_agent) if self._protego is not None else None
        return None if delay is None else float(delay)


FORBIDDING = Rules(200, b"User-agent: *\nDisallow: /\n")
UNREAD = Rules(503, b"")
