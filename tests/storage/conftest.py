"""A fresh database with one unit and two accounts of an invented county."""

from __future__ import annotations

from pathlib import Path

import pytest

from records import Account, Unit
from storage.database import open_database
from storage.store import Store

OFFICE = Unit(name="云岭县人民政府办公室", short_names=("云岭县政府办",))
WEIBO = Account(platform="weibo", uid="1000000001", name="云岭发布", unit=OFFICE.name, aliases={"uid": "1000000001"})
OTHER = Account(platform="weibo", uid="1000000002", name="云岭教育", unit=OFFICE.name, aliases={"uid": "1000000002"})
WECHAT = Account(
    platform="wechat", uid="gh_00000000000a", name="云岭发布", unit=OFFICE.name, aliases={"gh_id": "gh_00000000000a"}
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with the register imported and nothing crawled."""
    store = Store(open_database(f"sqlite:///{tmp_path / 'xuncha.db'}"))
    store.save_register([OFFICE], [WEIBO, WECHAT], {}, {})
    return store
