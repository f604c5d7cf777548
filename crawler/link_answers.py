"""What an address answered (链接应答): as it came over the wire, and as a page to be read. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from crawler.link_documents import Document
from crawler.link_texts import decoded, is_text, may_qualify, may_say
from crawler.link_wire import Reply
from crawler.page import Exchange


@dataclass(frozen=True, slots=True)
class Received:
    """An answer as it came over the wire, and the address that gave it; ``truncated`` where its body was left unread.

    It is what a link that is not alive rests on: of redirects the last answer. One that tells something only beside
    the host's answer to an address that cannot exist has that one as ``missing``.
    """

    url: str
    exchange: Exchange
    truncated: bool
    missing: Received | None = None


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; ``body`` is decompressed and cut, ``whole`` says whether it was all there was."""

    url: str
    status: int
    location: str | None
    content_type: str
    body: bytes
    whole: bool
    fetched_at: datetime
    seconds: float = 0.0
    sets_cookie: bool = False
    reply: Reply | None = None

    @cached_property
    def text(self) -> str:
        """The body as text; ``""`` where it is none."""
        return decoded(self.body, self.content_type, self.whole) if is_text(self.content_type) else ""

    @cached_property
    def _document(self) -> Document:
        return Document(self.text)

    @property
    def title(self) -> str:
        """The page's title, white space folded."""
        return self._document.title

    @property
    def words(self) -> str:
        """All words of the page, shown or not, white space folded."""
        return self._document.words

    @property
    def visible(self) -> str:
        """The words a reader sees, white space folded."""
        return self._document.visible

    @property
    def is_made_by_script(self) -> bool:
        """Whether a script has yet to make the page, which nobody has seen then."""
        return self._document.is_made_by_script

    @property
    def leads_to(self) -> tuple[str, ...]:
        """Where the page sends its reader by itself, as it is written there."""
        return self._document.leads_to

    @cached_property
    def may_say(self) -> bool:
        """Whether the page may hold a notice, a wall or a login; where it cannot, it need not be read."""
        return is_text(self.content_type) and bool(self.body) and may_say(self.body, self.content_type)

    @cached_property
    def may_qualify(self) -> bool:
        """Whether the page may hold words by which a status of 404 does not say that there is none; as ``may_say``."""
        return is_text(self.content_type) and bool(self.body) and may_qualify(self.body, self.content_type)

    def settle(self) -> None:
        """Works out all that its page says, and lets go of the page's elements, which take many times its size."""
        self._document.settle()
