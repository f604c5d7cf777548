"""What a database says when it refuses, in Chinese; needs no database."""

from __future__ import annotations

# Signs in SQLite's own words, the first that fits.
_SAID = {
    "is full": "磁盘已满，请清理后重试",
    "No space": "磁盘已满，请清理后重试",
    "too large": "磁盘已满，请清理后重试",
    "disk I/O": "磁盘已满或有故障，请检查后重试",
    "readonly": "没有写入权限",
    "Permission": "没有写入权限",
    "Is a directory": "这是文件夹，不是数据库文件",
    "unable to open": "没有写入权限，或所在文件夹不存在",
    "malformed": "文件已损坏，请改用备份",
    "not a database": "不是数据库文件",
    "is locked": "另一个程序正在长时间占用，请稍后重试",
}


def in_words(error: Exception) -> str:
    """Why the database refused, in Chinese."""
    words = str(getattr(error, "orig", None) or error)
    known = (said for sign, said in _SAID.items() if sign in words)
    return next(known, words)
