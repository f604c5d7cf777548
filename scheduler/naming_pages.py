"""The pages of posts that name somebody (提及所在的页面), read again for the uid that stands beside the name."""

from __future__ import annotations

from collections.abc import Mapping

from crawler.page import Page
from crawler.spiders.weibo.address import PLATFORM
from crawler.spiders.weibo.named import named_accounts
from pipelines.archive import ArchiveError
from scheduler.rereading import load_page
from scheduler.workspace import Workspace
from storage.queries.mentioned import NamingPost
from storage.queries.snapshots import stored_snapshot


class NamingPages:
    """What kept pages say of the accounts that their posts name; a page is read once, and only when it is asked."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._told: dict[str, Mapping[str, str]] = {}

    def uid_of(self, post: NamingPost, name: str) -> str | None:
        """The uid of an account that a post names; ``None`` where its page does not say, or is not there any more."""
        if post.platform != PLATFORM:
            return None
        if post.page_place not in self._told:
            page = self._page(post.page_place)
            self._told[post.page_place] = {} if page is None else named_accounts(page)
        return self._told[post.page_place].get(name)

    def _page(self, place: str) -> Page | None:
        with self._workspace.engine.connect() as connection:
            stored = stored_snapshot(connection, place)
        try:
            return None if stored is None else load_page(self._workspace.home, stored)
        except ArchiveError:
            return None  # what is not as it was proves nothing
