"""Writes what a finding rests on into a folder (导出依据): each stored answer as a file, and a picture of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from cli import screen
from cli.app import DONE, INCOMPLETE
from crawler.browser import find_chromium
from crawler.pictures import Stored, draw
from pipelines.archive import ArchiveError, StoredPage, load_stored
from records import Finding, Snapshot, as_json
from scheduler.workspace import Workspace


def export(space: Workspace, found: Finding, folder: Path) -> int:
    """Exit code of writing the evidence: 3 where a piece is gone or not as it was kept; the others are written."""
    folder.mkdir(parents=True, exist_ok=True)
    stored: dict[int, Stored] = {}
    for number, item in enumerate(found.evidence, 1):
        try:
            page = _load(space, item)
        except ArchiveError as error:
            screen.tell(f"第 {number} 份材料没有写出：{error}")
            continue
        (folder / f"{found.id}-{number}{suffix_of(item, page)}").write_bytes(page.body)
        when = as_json(item.fetched_at)[:16].replace("T", " ")
        stored[number] = Stored(page.url, page.body, page.content_type, f"{when} 取得，sha256 {item.sha256}")
    (folder / f"{found.id}.json").write_text(screen.json_text(found), encoding="utf-8")
    drawn = _draw(folder, found.id, stored)
    n_missing = len(found.evidence) - len(stored)
    short = f"{n_missing} 份缺失或已被改动，没有写出；" if n_missing else ""
    screen.tell(f"{len(stored)} 份依据{drawn}已写入 {folder}；{short}核对：xuncha findings verify {found.id}。")
    return INCOMPLETE if n_missing else DONE


def _load(space: Workspace, item: Snapshot) -> StoredPage:
    page = load_stored(space.home, item.ref)
    if hashlib.sha256(page.body).hexdigest() != item.sha256:
        raise ArchiveError(f"存档 {item.ref} 的内容和取得时的 sha256 不一致。")
    return page


def suffix_of(item: Snapshot, page: StoredPage) -> str:
    """The end of an exported file's name, so that the right program opens it."""
    if "#" not in item.ref:
        return Path(item.ref).suffix
    if "html" in page.content_type:
        return ".html"
    is_xml = "xml" in page.content_type or page.body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<?xml")
    return ".xml" if is_xml else ".json"


def _draw(folder: Path, finding_id: str, stored: Mapping[int, Stored]) -> str:
    """Draw each piece that is text beside its file; returns what was drawn, in words."""
    chromium = find_chromium()
    if chromium is None:
        return "（没有浏览器，所以没有图片）"
    readable = {number: one for number, one in stored.items() if b"\0" not in one.body[:1000]}
    for number, picture in zip(readable, draw(list(readable.values()), chromium), strict=True):
        (folder / f"{finding_id}-{number}.png").write_bytes(picture)
    return "和由存档生成的图片"
