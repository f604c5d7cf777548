"""From a Fetch to Scrapy's request, and from its response to a Page (请求与应答)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.credentials import META as CREDENTIAL
from crawler.credentials import CredentialError
from crawler.lost import BrowserLost
from crawler.page import Fetch, Page
from crawler.reading import Reading
from crawler.received import exchange_of
from crawler.robots import RobotsForbidden, RobotsUnanswered
from crawler.stops import HostStopped

REDIRECTS = (301, 302, 303, 307, 308)


def request_of(fetch: Fetch, settings: BaseSettings, url: str, *, is_counted: bool = False, **ours: Any) -> Request:
    """The request that asks for ``fetch`` at ``url``, its own address or where a redirect led; ``ours`` goes along.

    One that ``is_counted`` is asked once, as its host may be asked so often only.
    """
    meta: dict[str, Any] = {"handle_httpstatus_all": True, "dont_redirect": True, "dont_retry": is_counted}
    if fetch.render:
        from crawler.render import render_meta  # needs a browser: only when a page asks for one

        meta.update(render_meta(fetch, settings))
    if fetch.payload is None:
        return Request(url, meta=meta, dont_filter=True, **ours)
    if fetch.credential:
        meta[CREDENTIAL] = fetch.credential
    headers = {"Content-Type": "application/json"}
    return Request(url, method="POST", body=fetch.payload, headers=headers, meta=meta, dont_filter=True, **ours)


def page_of(response: Response, fetch: Fetch, fetched_at: datetime) -> Page:
    """What the parsers get of a response."""
    if fetch.render:
        from crawler.render import page_of as rendered

        return replace(rendered(response, fetch, fetched_at), kind=fetch.kind)
    return Page(
        url=fetch.url,
        final_url=location_of(response) or response.url,
        status=response.status,
        body=response.body,
        content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
        fetched_at=fetched_at,
        kind=fetch.kind,
        exchange=exchange_of(response),
    )


def is_wall(reading: Reading, fetch: Fetch) -> bool:
    """Whether the host turned us away; what is said to one account's secret is no wall of the host."""
    return reading.status in ("blocked", "login") and not fetch.credential


def location_of(response: Response) -> str:
    """Where a redirect leads; ``""`` for every other answer, and where no address stands that can be asked."""
    found = response.headers.get("Location")
    if response.status not in REDIRECTS or not found:
        return ""
    try:
        location = urljoin(response.url, found.decode("utf-8", "replace"))
        parts = urlsplit(location)
        askable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return location if askable else ""


def refusal_of(response: Response, fetch: Fetch) -> str | None:
    """Why the data call that carries an opened page's list was not made, as a reason of coverage, if it was not."""
    if not fetch.render:
        return None
    from crawler.render import refusal

    return refusal(response)


def went_unanswered(failure: Failure) -> bool:
    """Whether the host itself said nothing: that may be otherwise later in the night."""
    return not isinstance(failure.value, IgnoreRequest) or isinstance(failure.value, RobotsUnanswered)


def failure_reason(failure: Failure) -> str:
    """Why a request got no answer, as a reason of coverage."""
    if isinstance(failure.value, RobotsForbidden):
        return "robots"
    if isinstance(failure.value, HostStopped):
        return "blocked"
    if isinstance(failure.value, CredentialError | BrowserLost):
        return failure.value.reason
    return "error"
