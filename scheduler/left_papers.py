"""Papers that still name an account whose data are removed (残留文件): drafts, ledgers and exported case files."""

from __future__ import annotations

import gzip
import html
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from analysis.unseen import written_out
from analysis.words import shown
from reports.visible import visible
from reports.wording import plain
from scheduler.reporting import FILE_WORDS
from scheduler.workspace import Workspace
from storage.queries import accounts
from storage.queries.snapshots import shown_candidate

FOLDER = "reports"
# What an exported case file always has; its pictures name the account where no program reads it.
_OF_A_CASE = "sha256sums"
_TAG = re.compile(r"<[^>]*>")
_MOST_BYTES = 100_000_000
# A shorter id may stand in any text; it is looked for with its platform or in brackets.
_TELLING_SIGNS = 6
_DRAFT = re.compile(rf"(?P<period>.+)-(?:{'|'.join(FILE_WORDS.values())})-草稿\.(?:{'|'.join(FILE_WORDS)})")


@dataclass(frozen=True, slots=True)
class LeftPapers:
    """What lies below ``reports``: files, or whole folders of a case, that name an account; and what is unreadable."""

    naming: tuple[Path, ...]
    unread: tuple[Path, ...]

    @property
    def periods(self) -> list[str]:
        """The periods whose drafts are among them."""
        found = (_DRAFT.fullmatch(path.name) for path in self.naming)
        return sorted({one["period"] for one in found if one is not None})


def words_of(workspace: Workspace, reference: str) -> frozenset[str]:
    """What a suspected account is known by in papers; nothing of one that is not stored.

    A name that a registered account has as well tells nothing.
    """
    platform, _, uid = reference.partition(":")
    with workspace.engine.connect() as connection:
        row = shown_candidate(connection, platform, uid)
    if row is None:
        return frozenset()
    ours = {name for one in accounts.accounts(workspace.engine) for name in (one.name, *one.former_names)}
    names = (
        ()
        if row.name in ours
        else (row.name, shown(row.name), plain(row.name), visible(row.name), written_out(row.name))
    )
    keys = (reference, f"（{uid}）", *([uid] if len(uid) >= _TELLING_SIGNS else []))
    return frozenset(word for word in (*names, *keys) if word)


def left_papers(workspace: Workspace, words: Iterable[str]) -> LeftPapers:
    """The papers of the home folder that hold one of the words, in the order of their names."""
    sought = {form for word in words for form in (word, html.escape(word), quote(word), quote(word).lower())}
    folder, naming, unread = workspace.home / FOLDER, dict[Path, None](), list[Path]()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        try:
            if _names(path, sought):
                naming[_whole_case(path, folder)] = None
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, ValueError, RuntimeError):  # a password is the last
            unread.append(path)
    return LeftPapers(tuple(naming), tuple(path for path in unread if not any(map(path.is_relative_to, naming))))


def _whole_case(path: Path, folder: Path) -> Path:
    inside = (one for one in path.parents if one != folder and one.is_relative_to(folder))
    return next((one for one in inside if (one / _OF_A_CASE).is_file()), path)


def _names(path: Path, sought: Iterable[str]) -> bool:
    return any(word in text for body in _bodies(path) for text in _texts(body) for word in sought)


def _texts(body: bytes) -> Iterator[str]:
    """The text as it is, and without tags: a Word file may cut a name in two."""
    text = body.decode("utf-8", "replace")
    yield text
    yield html.unescape(_TAG.sub("", text))


def _bodies(path: Path) -> Iterator[bytes]:
    """The parts of a file: of a Word file or workbook each, of anything else the one."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            for part in packed.infolist():
                with packed.open(part) as file:
                    yield _bounded(file.read(_MOST_BYTES + 1))
    elif path.suffix == ".gz":
        with gzip.open(path) as file:
            yield _bounded(file.read(_MOST_BYTES + 1))
    else:
        with path.open("rb") as file:
            yield _bounded(file.read(_MOST_BYTES + 1))


def _bounded(body: bytes) -> bytes:
    if len(body) > _MOST_BYTES:
        raise ValueError("too large to look into")
    return body
