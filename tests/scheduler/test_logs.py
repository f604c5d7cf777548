"""No log holds what would let its reader in."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

from scheduler.logs import keep_log

FEED = "https://feed.yunling.example/rss?token=SECRETTOKEN&key=SECRETKEY&page=2"


def test_tokens_of_addresses_are_not_written_to_the_log(tmp_path: Path) -> None:
    keep_log(tmp_path, datetime(2026, 11, 15, tzinfo=UTC))
    logger = logging.getLogger("wechat")
    logger.warning("%s: 没有应答", FEED)
    try:
        raise ConnectionError(f"failed: {FEED}")
    except ConnectionError:
        logger.exception("%s", FEED)
    for handler in logger.handlers[:]:
        handler.close()
        logger.removeHandler(handler)
    (log,) = (tmp_path / "logs").iterdir()
    told = log.read_text(encoding="utf-8")
    assert "SECRET" not in told
    assert told.count("page=2") >= 3
