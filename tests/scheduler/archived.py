"""An office with one account whose pages are kept and stored the way a crawl does, with a parser that may fail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from crawler.owners import Owners
from crawler.page import Batch, Page, Target
from crawler.progress import Progress
from crawler.reading import Reading, read
from crawler.settling import settle
from pipelines.archive import WarcArchive
from pipelines.normalize import NormalizePipeline
from pipelines.validate import ValidatePipeline
from records import SHANGHAI, Account, Unit
from scheduler.clock import Clock
from scheduler.workspace import Workspace
from storage.queries.accounts import owners
from storage.schema import JobRow

UID = "5550001234"
UNIT = Unit(name="云岭县人民政府办公室")
ACCOUNT = Account(platform="weibo", uid=UID, name="云岭发布", unit=UNIT.name, aliases={"uid": UID})
LIST = f"https://m.weibo.cn/api/container/getIndex?type=uid&value={UID}&containerid=107603{UID}"
NIGHT = datetime(2026, 11, 16, 1, 30, tzinfo=SHANGHAI)
CONFIG = '[rules]\nregulations = ["zezhou-2022"]\n'


def post(number: int, day: int, text: str | None = None) -> dict[str, Any]:
    """A post of the list as the platform gives it, published at noon of a day of November."""
    moment = datetime(2026, 11, day, 12, tzinfo=SHANGHAI)
    return {
        "card_type": 9,
        "mblog": {
            "id": str(5300000000000000 + number),
            "mid": str(5300000000000000 + number),
            "bid": "",
            "created_at": moment.strftime("%a %b %d %H:%M:%S %z %Y"),
            "text": text or f"第{number}条",
            "isLongText": False,
            "user": {"id": int(UID), "screen_name": ACCOUNT.name},
            "reposts_count": 0,
            "comments_count": 0,
            "attitudes_count": 0,
        },
    }


def listing(posts: Sequence[dict[str, Any]], since_id: str = "") -> bytes:
    """A list page with these posts, newest first; ``since_id`` names the next one."""
    info = {"containerid": f"107603{UID}", "total": len(posts), **({"since_id": since_id} if since_id else {})}
    return json.dumps({"ok": 1, "data": {"cardlistInfo": info, "cards": list(posts)}}).encode()


@dataclass
class Office:
    """A home folder with one account."""

    workspace: Workspace

    def crawl(self, at: datetime, bodies: Sequence[bytes], *, since: datetime, unread: Sequence[int] = ()) -> int:
        """One run over list pages; those of ``unread`` numbers its parser does not understand."""
        space = self.workspace
        run_id = space.store.begin_run("crawl", at, None)
        with space.engine.begin() as connection:
            job = {"run_id": run_id, "step": "crawl", "platform": "weibo", "account_id": 1, "position": 0}
            state = {"state": "done", "attempts": 1, "since": since}
            connection.execute(insert(JobRow).values(**job, **state))
        target, archive = Target(account=ACCOUNT, since=since), WarcArchive(space.home, run_id)
        progress, known = Progress(target, at), Owners(owners(space.engine, "weibo"))
        validate, normalize = ValidatePipeline(), NormalizePipeline()
        for number, body in enumerate(bodies):
            url = LIST if number == 0 else f"{LIST}&since_id={number}"
            page = Page(url=url, body=body, fetched_at=at + timedelta(seconds=10 * number), kind="timeline")
            snapshot = archive.keep(page)
            reading = read(page, "weibo")
            if number in unread:
                reading = Reading(platform="weibo", kind="timeline", status="unparsed", reason="页面版式无法识别")
            settled = settle(target, progress, known, reading, page.fetched_at, "timeline")
            batch = Batch(account=ACCOUNT, coverage=progress.coverage(), kind="timeline", records=settled.records)
            kept = normalize.process_item(validate.process_item(batch))
            space.store.save_page(run_id, kept.coverage, kept.records, snapshot, None, kind="timeline")
            if number in unread:
                break
        space.store.finish_run(run_id, at + timedelta(minutes=5), 0, {})
        return run_id


def open_office(home: Path) -> Office:
    """An office with the register imported and nothing crawled."""
    (home / "xuncha.toml").write_text(CONFIG, encoding="utf-8")
    space = Workspace.open(home, Clock(NIGHT))
    space.store.save_register([UNIT], [ACCOUNT], {}, {})
    return Office(space)
