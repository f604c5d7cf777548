"""Logs of a crawl (日志), without what would let their reader in."""

from __future__ import annotations

import logging
import re
from datetime import datetime
from pathlib import Path

from pipelines.redaction import redacted_address
from records import CRAWLED_PLATFORMS, SHANGHAI

_ADDRESS = re.compile(r"https?://[^\s<>\"'）]+")


def without_secrets(record: logging.LogRecord) -> bool:
    """A filter that lets every record pass, the tokens in the addresses of its words replaced."""
    words = record.getMessage()
    if "://" in words:
        record.msg, record.args = _ADDRESS.sub(lambda found: redacted_address(found[0])[0], words), ()
    if record.exc_info and not record.exc_text:
        told = logging.Formatter().formatException(record.exc_info)
        record.exc_text = _ADDRESS.sub(lambda found: redacted_address(found[0])[0], told)
    return True


def keep_log(home: Path, now: datetime) -> None:
    """Send the crawl's log to ``logs/<day>.log``; Scrapy has just set its own levels, so ours come after."""
    folder = home / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    day = now.astimezone(SHANGHAI).date().isoformat()
    file = logging.FileHandler(folder / f"{day}.log", encoding="utf-8")
    file.addFilter(without_secrets)
    file.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    for name in ("scrapy", "twisted", "scrapy-playwright", "asyncio", *CRAWLED_PLATFORMS):
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.addHandler(file)
        logger.propagate = logging.getLogger("xuncha").isEnabledFor(logging.INFO)
