"""Runs the real spiders as programs of their own against a mirror: alone, or over targets as the jobs do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.crawler.mirror import NIGHT, Mirror

ROOT = Path(__file__).resolve().parents[2]
LISTS = "https://m.weibo.cn/api/container/getIndex?type=uid&value={uid}&containerid=107603{uid}"
PROFILES = "https://m.weibo.cn/api/container/getIndex?type=uid&value={uid}"
ROBOTS = "https://m.weibo.cn/robots.txt"
LOGIN = json.dumps({"ok": -100, "url": "https://passport.weibo.com/sso/signin"}).encode()


def list_of(uid: str) -> str:
    """The address of an account's list."""
    return LISTS.format(uid=uid)


def profile_of(uid: str) -> str:
    """The address of an account's profile."""
    return PROFILES.format(uid=uid)


def alone(mirror: Mirror, account: str, out: Path, platform: str = "weibo", **environment: str) -> str:
    """``scrapy crawl`` of one account into ``out``; returns what it said on standard error."""
    words = ["crawl", platform, "-a", f"account={account}", "-O", str(out)]
    settings = {
        "XUNCHA_MIRROR": mirror.address,
        "XUNCHA_CLOCK_OFFSET_SECONDS": str(NIGHT.timestamp() - time.time()),
        "DOWNLOAD_DELAY": "0",
        "DOWNLOAD_SLOTS": "{}",
        "RETRY_ENABLED": "False",
    }
    for name, value in settings.items():
        words += ["-s", f"{name}={value}"]
    return scrapy(*words, **environment)


def scrapy(*words: str, **environment: str) -> str:
    """A command of Scrapy from the checkout; its output, both streams."""
    call = [sys.executable, "-m", "scrapy", *words]
    done = subprocess.run(
        call, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout + done.stderr


def observed(mirror: Mirror, *targets: Mapping[str, Any], platform: str = "weibo", **order: Any) -> dict[str, Any]:
    """What a crawl of these targets gave: ``batches`` in order, ``kept`` addresses, ``faults``, ``stopped_hosts``."""
    whole = {
        "mirror": mirror.address,
        "platform": platform,
        "since": (NIGHT - timedelta(days=15)).isoformat(),
        "clock_offset_seconds": NIGHT.timestamp() - time.time(),
        "targets": targets,
        **order,
    }
    call = [sys.executable, "-m", "tests.crawler.crawl_child"]
    done = subprocess.run(
        call, cwd=ROOT, input=json.dumps(whole), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def weibo(*uids: str) -> list[dict[str, Any]]:
    """Targets of Weibo by uid."""
    return [{"account": {"uid": uid, "aliases": {"uid": uid}}} for uid in uids]


def last(told: Mapping[str, Any]) -> dict[str, tuple[str, str | None]]:
    """``(status, reason)`` of every account's last coverage, by its uid."""
    return {batch["account"].partition(":")[2]: (batch["status"], batch["reason"]) for batch in told["batches"]}


def records(told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every record of every batch."""
    for batch in told["batches"]:
        yield from batch["records"]
