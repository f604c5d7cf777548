"""Files that persons bring (人工材料), kept as evidence under their digest."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from pipelines.archive import note_file
from records import Snapshot
from scheduler.files import whole_file
from scheduler.workspace import Workspace

PERMISSIONS = "evidence/permissions"
_NAME_DIGITS = 24


def keep_file(workspace: Workspace, source: Path, folder: str, at: datetime) -> Snapshot:
    """Copy a person's file into the evidence under its digest, so that nobody's file name is trusted."""
    return keep_body(workspace, source.read_bytes(), source.name, folder, at, suffix=source.suffix)


def keep_body(workspace: Workspace, body: bytes, name: str, folder: str, at: datetime, *, suffix: str) -> Snapshot:
    """The same of bytes that were not brought as a file of their own; ``name`` is what they were called."""
    digest = hashlib.sha256(body).hexdigest()
    target = workspace.home / folder / f"{name_of(digest)}{suffix.lower()[:6]}"
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        with whole_file(target) as part:
            part.write_bytes(body)
        note_file(workspace.home, target, at)
    relative = target.relative_to(workspace.home).as_posix()
    return Snapshot(url=f"file:{name}", fetched_at=at, sha256=digest, ref=relative, quote=None)


def name_of(digest: str) -> str:
    """The name without its ending under which bytes of a digest are kept."""
    return digest[:_NAME_DIGITS]


def keep_permissions(workspace: Workspace) -> list[str]:
    """Keep the document of each host that is permitted in spite of its robots.txt (许可文件).

    Returns:
        A sentence for each document that is not at hand.
    """
    missing = []
    for host in workspace.permitted_hosts:
        document = workspace.home / workspace.config.hosts[host].permission
        if document.is_file():
            keep_file(workspace, document, PERMISSIONS, workspace.clock.now())
        else:
            missing.append(f"{host} 的许可文件 {document} 不在，没有存入证据；请放好后改 [hosts] 的 permission。")
    return missing
