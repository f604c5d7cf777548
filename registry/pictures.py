"""Pictures that a person names as proof: below the sheet's own folder, pictures by their first bytes, not huge."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from registry.cells import CellError

MAX_PICTURE_BYTES = 20 * 1024 * 1024
MAX_PICTURES = 30
_MARKS = re.compile(r"[、;；|｜\n]+")
_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")


def load_pictures(text: str, folder: Path) -> tuple[str, ...]:
    """The picture files that a cell names, relative to ``folder`` with ``/``; each is opened and looked at.

    Raises:
        CellError: A name leads out of the folder, or its file is not there, not a picture, or over 20 MB.
    """
    names = [name.strip().strip('"“”').replace("\\", "/") for name in _MARKS.split(text)]
    names = list(dict.fromkeys(name.removeprefix("./") for name in names if name))
    if len(names) > MAX_PICTURES:
        raise CellError(f"超过 {MAX_PICTURES} 个截图，请只留最能说明问题的几个")
    for name in names:
        _look_at(name, folder)
    return tuple(PurePosixPath(name).as_posix() for name in names)


def _look_at(name: str, folder: Path) -> None:
    inside = PurePosixPath(name)
    if inside.is_absolute() or ".." in inside.parts or ":" in name:
        raise CellError(f"“{name}”不在本表所在的文件夹里，请把截图放到同一文件夹，只写文件名")
    try:
        file = (folder / inside).resolve()
        if not file.is_relative_to(folder.resolve()):
            raise CellError(f"“{name}”指到了本表所在文件夹的外面，请把截图本身放进来")
        if not file.is_file():
            raise CellError(f"找不到截图“{name}”，请放到本表所在的文件夹，并核对文件名和后缀")
        if file.stat().st_size > MAX_PICTURE_BYTES:
            raise CellError(f"截图“{name}”超过 {MAX_PICTURE_BYTES // 1024 // 1024} MB，请压缩后再填")
        with file.open("rb") as stream:
            start = stream.read(32)
    except (OSError, ValueError):
        raise CellError(f"打不开截图“{name}”，请核对文件名和读取权限") from None
    if not _is_picture(start):
        raise CellError(f"“{name}”不是图片，请用 PNG、JPEG、WebP、GIF 或 BMP 截图")


def _is_picture(start: bytes) -> bool:
    if start.startswith(b"RIFF"):
        return start[8:12] == b"WEBP"
    if start.startswith(b"BM"):
        # "BM" alone begins many texts; a bitmap has zeros in its reserved words and a known header size after them.
        return start[6:10] == b"\0\0\0\0" and int.from_bytes(start[14:18], "little") in (12, 40, 52, 56, 64, 108, 124)
    return start.startswith(_STARTS)
