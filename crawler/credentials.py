"""Signs calls of the platform's official API (接口凭据): token and secret stay in memory and on the wire.

A request names an application by its AppID in ``meta["xuncha_credential"]``. The middleware gets a token for it,
through the engine like any request (robots, pace, stopped hosts); the handler puts it into the address when the
request leaves and takes it out of whatever comes back. So no address that is archived, logged, or shown in an
error holds one. The token's own answer is no page and never archived.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urldefrag, urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from crawler import walls
from crawler.page import Page, ParseError
from crawler.secrets import Secrets
from crawler.spiders.wechat.api import API_HOST, KIND, TOKEN_URL, parse_token, refuses_token, token_payload
from crawler.transport import MirrorHandler

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

META = "xuncha_credential"
SETTING = "XUNCHA_WECHAT_SECRETS"
HIDDEN = "***"
# Which of the application's tokens a request was sent with, and which was refused, by its number in this run.
_SENT, _REFUSED = "xuncha_credential_sent", "xuncha_credential_refused"
# A token that is about to expire is not used for a call that may take its time.
_MARGIN_SECONDS = 60
_JSON = {"Content-Type": "application/json"}
_HANDLER_LOG = "scrapy.core.downloader.handlers.http11"


class CredentialError(IgnoreRequest):
    """There is no token for the call; ``reason`` is the coverage's: ``not_crawled login blocked unparsed``."""

    def __init__(self, reason: str, words: str) -> None:
        self.reason = reason
        super().__init__(words)


@dataclass(frozen=True, slots=True, repr=False)
class _Token:
    number: int
    text: str
    until_seconds: float  # by the monotonic clock


class Credentials:
    """Downloader middleware: a request that names an application goes out only once there is a token for it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        found = crawler.settings.get(SETTING)
        self._secrets = found if isinstance(found, Secrets) else Secrets({})
        self._tokens: dict[str, _Token] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Credentials:
        """Made by Scrapy."""
        return cls(crawler)

    def token(self, appid: str) -> str | None:
        """The application's newest token; ``None`` before the first."""
        held = self._tokens.get(appid)
        return held.text if held is not None else None

    def tokens(self) -> Iterator[str]:
        """Every token held, for what must hide them."""
        return (held.text for held in self._tokens.values())

    async def process_request(self, request: Request, spider: Any = None) -> None:
        """Gets a token first; raises CredentialError where there is none to be had."""
        appid = request.meta.get(META)
        if not appid:
            return
        _refuse_elsewhere(request)
        async with self._asking.setdefault(appid, asyncio.Lock()):
            held = self._tokens.get(appid)
            refused = held is not None and held.number == request.meta.get(_REFUSED)
            if held is None or refused or time.monotonic() >= held.until_seconds:
                held = self._tokens[appid] = await self._ask(appid, request.priority, held.number if held else 0)
            request.meta[_SENT] = held.number

    async def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:
        """The same request once more, with a new token, where the platform says that the one it had is not valid."""
        appid = request.meta.get(META)
        if not appid or _REFUSED in request.meta or not refuses_token(response.body):
            return response
        return request.replace(meta={**request.meta, _REFUSED: request.meta[_SENT]}, dont_filter=True)

    async def _ask(self, appid: str, priority: int, number: int) -> _Token:
        secret = self._secrets.of(appid)
        if secret is None:
            raise CredentialError("not_crawled", f"没有设置应用 {appid} 的接口密钥")
        assert self._crawler.engine is not None  # noqa: S101
        meta = {"handle_httpstatus_all": True, "dont_redirect": True}
        body = token_payload(appid, secret)
        answer = await self._crawler.engine.download_async(
            Request(TOKEN_URL, method="POST", body=body, headers=_JSON, meta=meta, priority=priority, dont_filter=True)
        )
        try:
            token, valid_seconds = parse_token(answer.body)
        except ParseError:
            raise _refusal(appid, answer) from None
        return _Token(number + 1, token, time.monotonic() + valid_seconds - _MARGIN_SECONDS)


def _refusal(appid: str, answer: Response) -> CredentialError:
    # The table of signals says what the number means; it asks for no time.
    page = Page(url=TOKEN_URL, body=answer.body, status=answer.status, fetched_at=datetime.fromtimestamp(0, UTC))
    notice = walls.classify(page, "wechat", KIND)
    if notice is None:
        return CredentialError("unparsed", f"公众平台没有给应用 {appid} 接口凭据，答复的格式不认识")
    return CredentialError(notice.status, f"应用 {appid}：{notice.reason}")


class _Hiding(logging.Filter):
    """Takes tokens out of what Scrapy's handler logs of an address."""

    def __init__(self, handler: SignedHandler) -> None:
        super().__init__()
        self._handler = handler

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets every record pass, without tokens."""
        record.msg, record.args = self._handler.hidden(record.getMessage()), ()
        return True


class SignedHandler(MirrorHandler):
    """The HTTP handler, with the token put into the address at the last moment and taken out of what comes back."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._owner = crawler
        logging.getLogger(_HANDLER_LOG).addFilter(_Hiding(self))

    async def download_request(self, request: Request) -> Response:
        """The answer under the address without token."""
        token = self._token(request)
        if token is None:
            return await super().download_request(request)
        try:
            answer = await super().download_request(request.replace(url=_signed(request.url, token)))
        except Exception as error:
            if token not in str(error) and quote(token, safe="") not in str(error):
                raise
            raise type(error)(self.hidden(str(error))) from None
        return _without(answer, token).replace(url=request.url)

    def hidden(self, text: str) -> str:
        """The text without any token held."""
        credentials = self._credentials()
        for token in credentials.tokens() if credentials is not None else ():
            text = text.replace(quote(token, safe=""), HIDDEN).replace(token, HIDDEN)
        return text

    def _credentials(self) -> Credentials | None:
        if self._owner.engine is None:
            return None
        found: Credentials | None = self._owner.get_downloader_middleware(Credentials)
        return found

    def _token(self, request: Request) -> str | None:
        appid = request.meta.get(META)
        if not appid:
            return None
        _refuse_elsewhere(request)
        credentials = self._credentials()
        token = credentials.token(appid) if credentials is not None else None
        if token is None:
            raise CredentialError("not_crawled", f"应用 {appid} 没有有效的接口凭据")
        return token


def _refuse_elsewhere(request: Request) -> None:
    """A token goes to the platform's API and nowhere else, wherever a redirect may lead."""
    if not request.url.startswith(f"https://{API_HOST}/"):
        raise CredentialError("unparsed", f"{urlsplit(request.url).netloc} 不是公众平台的接口，没有带凭据访问")


def _signed(url: str, token: str) -> str:
    bare = urldefrag(url)[0]
    return f"{bare}{'&' if '?' in bare else '?'}access_token={quote(token, safe='')}"


def _without(answer: Response, token: str) -> Response:
    """The answer with the token, should it repeat it, hidden in its headers and its body."""
    hidden, words = HIDDEN.encode(), (token.encode(), quote(token, safe="").encode())
    for name, values in list(answer.headers.items()):
        if any(word in value for value in values for word in words):
            answer.headers[name] = [_replaced(value, words, hidden) for value in values]
    body = _replaced(answer.body, words, hidden)
    return answer if body == answer.body else answer.replace(body=body)


def _replaced(text: bytes, words: tuple[bytes, ...], hidden: bytes) -> bytes:
    for word in words:
        text = text.replace(word, hidden)
    return text
