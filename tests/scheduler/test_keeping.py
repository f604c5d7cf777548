"""Written permissions are kept as evidence, and never the office's own word."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.archive import usage
from pipelines.manifest import verify_chain
from scheduler.clock import Clock
from scheduler.config import CONFIG_NAME, ConfigError
from scheduler.keeping import keep_permissions
from scheduler.workspace import Workspace

PERMITTED = """\
[office]
name = "云岭县人民政府办公室"
[hosts."m.weibo.cn"]
robots = "permitted"
permitted_by = "{by}"
permitted_on = 2026-11-01
permission = "许可函.pdf"
"""


def at(home: Path, by: str = "平台运营方") -> Workspace:
    (home / CONFIG_NAME).write_text(PERMITTED.format(by=by), encoding="utf-8")
    return Workspace.open(home, Clock(None))


def test_the_document_of_a_permission_is_kept_once_and_listed(tmp_path: Path) -> None:
    (tmp_path / "许可函.pdf").write_bytes(b"%PDF-1.4 permission")
    space = at(tmp_path)
    assert (keep_permissions(space), keep_permissions(space)) == ([], [])
    (kept,) = (tmp_path / "evidence/permissions").iterdir()
    assert kept.read_bytes() == b"%PDF-1.4 permission"
    assert (verify_chain(tmp_path), usage(tmp_path)["plain"] > 0) == ([], True)


def test_a_permission_whose_document_is_not_at_hand_is_told(tmp_path: Path) -> None:
    (sentence,) = keep_permissions(at(tmp_path))
    assert "m.weibo.cn" in sentence and "许可函.pdf" in sentence


def test_an_office_cannot_permit_itself(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="本单位自己"):
        at(tmp_path, by="云岭县人民政府办公室")
