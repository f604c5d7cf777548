"""Writes what a finding rests on into a folder (导出依据): answers, pictures, web archive, digests, case file."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cli import screen
from cli.app import DONE, INCOMPLETE, UserError
from cli.exported_links import KeptCheck, kept_check
from crawler.browser import find_chromium
from crawler.pictures import Stored, draw
from crawler.saved.container import documents
from crawler.saved.document import SavedError
from pipelines.archive import ArchiveError, StoredPage, load_stored
from pipelines.stored import copies
from records import Finding, Snapshot
from records.evidence import Triage
from records.sentences import Sentence
from reports.addresses import address_words
from reports.case_file import CaseFile, Enclosure
from reports.case_notes import about
from reports.case_papers import render_comparison, render_letter
from reports.wording import minute
from scheduler.case_files import case_of
from scheduler.workspace import Workspace

EVIDENCE, LIST, SUMS, ABOUT, LETTER, TABLE = "证据", "清单.txt", "sha256sums", "说明.txt", "商请函.docx", "对照表.docx"
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")
_UNKNOWN_SUFFIX = ".bin"


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of the folder: its place in it, what it is, its size and digest."""

    file: str
    what: str
    n_bytes: int
    sha256: str


@dataclass(frozen=True)
class Exported:
    """What was written, a sentence for each piece of evidence that could not be, and why there is no letter.

    ``no_letter`` is ``None`` where one was written, and where the finding is about nobody that is kept.
    """

    folder: str
    files: tuple[ExportedFile, ...]
    missing: tuple[str, ...]
    drawn: str
    no_letter: str | None = None

    @property
    def exit_code(self) -> int:
        """0, or 3 where a piece is gone or not as it was kept."""
        return INCOMPLETE if self.missing else DONE


@dataclass
class _Draft:
    """A folder that is being filled."""

    folder: Path
    finding: Finding
    below: str
    what: dict[str, str] = field(default_factory=dict)  # what each file is, in the order of writing
    answers: dict[int, StoredPage] = field(default_factory=dict)
    checks: dict[int, KeptCheck] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    enclosures: list[Enclosure] = field(default_factory=list)

    def put(self, name: str, body: bytes, what: str) -> None:
        """Write a file and note what it is."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)
        self.what[name] = what

    def piece(self, number: int, ending: str) -> str:
        """The name of a piece of evidence; made of nothing that a page says."""
        return f"{self.below}{self.finding.id}-{number}{ending}"


def sentences(space: Workspace, found: Finding, done: Exported) -> Iterator[str]:
    """What was written, which pieces are gone or not as they were kept, and what to do for want of a letter."""
    yield from done.missing
    n_pieces = len(found.evidence) - len(done.missing)
    short = f"{len(done.missing)} 份缺失或已被改动，没有写出；" if done.missing else ""
    written = f"{n_pieces} 份依据{done.drawn}已写入 {done.folder}；{short}"
    yield f"{written}核对：{screen.command(space.home, f'findings verify {found.id}')}。"
    if done.no_letter is not None:
        yield f"没有写商请函：{done.no_letter}"


def write_export(
    space: Workspace, found: Finding, folder: Path, triage: Triage | None = None, kind: str | None = None
) -> Exported:
    """Write the evidence of a finding, and of one about a candidate the case file, whole or not at all.

    Args:
        space: The home folder.
        found: The finding.
        folder: Where to; it must not exist, or be empty.
        triage: Where the candidate was sorted, if known.
        kind: That class in Chinese.

    Raises:
        UserError: The folder holds something.
    """
    with whole_folder(folder) as part:
        draft = _Draft(part, found, f"{EVIDENCE}/" if found.candidate is not None else "")
        _answers(space, draft)
        drawn = _pictures(draft)
        _archive(space, draft)
        case = case_of(space, found, draft.enclosures, triage, kind)
        draft.put(f"{found.id}.json", screen.json_text(found).encode(), "这条线索的全部字段")
        if case is not None:
            _papers(draft, case)
        files = _sums(draft)
    no_letter = None if case is None else _no_letter(space, case)
    return Exported(str(folder), tuple(files), tuple(draft.missing), drawn, no_letter)


def _no_letter(space: Workspace, case: CaseFile) -> str | None:
    """Why there is no letter, with the commands of this home folder."""
    why = case.why_no_letter
    return why.told_in(space.home) if isinstance(why, Sentence) else why


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A hidden folder beside ``target`` to fill, put in its place at the end; nothing is left of a failed try.

    Raises:
        UserError: ``target`` is a file, or a folder that is not empty.
    """
    place = target.resolve()
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise UserError(f"{target} 里已有内容，没有改动；请换一个新的或空的文件夹。")
    place.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".xuncha-", dir=place.parent))
    try:
        yield part
        part.chmod(0o755)
        if place.exists():
            place.rmdir()
        part.rename(place)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _answers(space: Workspace, draft: _Draft) -> None:
    for number, item in enumerate(draft.finding.evidence, 1):
        try:
            page = _load(space, item)
            check = kept_check(page)
        except ArchiveError as error:
            draft.missing.append(f"第 {number} 份材料没有写出：{error}")
            continue
        draft.answers[number] = page
        name = draft.piece(number, suffix_of(item, page))
        when = f"{minute(item.fetched_at)} 取得，{address_words(item.url)}"
        draft.put(name, page.body, f"第 {number} 份材料，{when}")
        draft.enclosures.append(Enclosure(name, item.url, item.fetched_at, item.sha256))
        if check is not None:
            draft.checks[number] = check
            for name, body, what in check.files(draft.piece(number, "")):
                draft.put(name, body, f"第 {number} 份材料，{what}")


def _load(space: Workspace, item: Snapshot) -> StoredPage:
    page = load_stored(space.home, item.ref)
    if hashlib.sha256(page.body).hexdigest() != item.sha256:
        raise ArchiveError(f"存档 {item.ref} 的内容和取得时的 sha256 不一致。")
    return page


def suffix_of(item: Snapshot, page: StoredPage) -> str:
    """The end of an exported file's name, so that the right program opens it."""
    if "#" not in item.ref:
        suffix = Path(item.ref).suffix
        return suffix if _SUFFIX.fullmatch(suffix) else _UNKNOWN_SUFFIX
    if "html" in page.content_type:
        return ".html"
    is_xml = "xml" in page.content_type or page.body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<?xml")
    return ".xml" if is_xml else ".json"


def _pictures(draft: _Draft) -> str:
    """Draw each piece that is text beside its file; returns what was drawn, in words."""
    chromium = find_chromium()
    if chromium is None:
        return "（没有浏览器，所以没有图片）"
    drawings = [one for number, page in draft.answers.items() for one in _drawings(draft, number, page)]
    pictures = draw([drawing for _, drawing, _ in drawings], chromium)
    for (name, _, what), picture in zip(drawings, pictures, strict=True):
        draft.put(name, picture, f"{what}，由存档生成，没有联网，可能缺少样式和配图")
    return "和由存档生成的图片"


def _drawings(draft: _Draft, number: int, page: StoredPage) -> Iterator[tuple[str, Stored, str]]:
    """``(name, what is drawn, what it is)`` of a piece; nothing of one that is no text."""
    if number in draft.checks:
        item = draft.finding.evidence[number - 1]
        for ending, drawing, what in draft.checks[number].drawings(f"检测记录 sha256 {item.sha256}"):
            yield draft.piece(number, ending), drawing, f"第 {number} 份材料，{what}"
        return
    shown = _shown(draft.finding, number, page)
    if b"\0" not in shown.body[:1000]:
        yield draft.piece(number, ".png"), shown, f"第 {number} 份材料的图片"


def _shown(finding: Finding, number: int, page: StoredPage) -> Stored:
    """What is drawn of a piece; of a saved file the page in it that names the suspected account, else its first."""
    item = finding.evidence[number - 1]
    caption = f"{minute(item.fetched_at)} 取得，sha256 {item.sha256}"
    if "#" in item.ref:
        return Stored(page.url, page.body, page.content_type, caption)
    try:
        inside = documents(page.body)
    except SavedError:
        return Stored(page.url, page.body, page.content_type, caption)  # a picture or a table: as it is
    uid = (finding.candidate or "").partition(":")[2].encode()
    one = next((document for document in inside if uid and uid in document.body), inside[0])
    return Stored(one.address or item.url, one.body, one.content_type, caption)


def _archive(space: Workspace, draft: _Draft) -> None:
    """The stored records of these pieces as a web archive of their own; files that persons saved are none."""
    records = [
        record.data
        for number in draft.answers
        if "#" in (ref := draft.finding.evidence[number - 1].ref)
        for record in copies(space.home, ref)
    ]
    if records:
        name = f"{draft.below}{draft.finding.id}.warc.gz"
        draft.put(name, b"".join(records), "以上材料的网页存档记录（WARC 1.1）")


def _papers(draft: _Draft, case: CaseFile) -> None:
    if case.why_no_letter is None:
        draft.put(LETTER, render_letter(case), "给平台和网信部门的函，文号、日期、印章由人填写")
    draft.put(TABLE, render_comparison(case), "登记账号与疑似账号逐项对照")
    files = [*draft.what.items(), (LIST, "全部文件的大小和 sha256"), (SUMS, "供 sha256sum -c 核对")]
    verify = f"{screen.COMMAND} --home 工作文件夹 findings verify {draft.finding.id}"
    draft.put(ABOUT, about(case, files, draft.missing, verify).encode(), "各文件是什么、怎样核对")


def _sums(draft: _Draft) -> Sequence[ExportedFile]:
    """Write the list of all files for persons and the digests for a program; the list's own digest is in the latter."""
    rows = [_row(draft.folder, name, what) for name, what in draft.what.items()]
    lines = [
        f"{number}. {row.file}　{row.what}　{row.n_bytes} 字节\n   sha256 {row.sha256}"
        for number, row in enumerate(rows, 1)
    ]
    draft.put(LIST, ("\n".join(lines) + "\n").encode(), "全部文件的大小和 sha256")
    rows.append(_row(draft.folder, LIST, draft.what[LIST]))
    draft.put(SUMS, "".join(f"{row.sha256}  {row.file}\n" for row in rows).encode(), "供 sha256sum -c 核对")
    return [*rows, _row(draft.folder, SUMS, draft.what[SUMS])]


def _row(folder: Path, name: str, what: str) -> ExportedFile:
    body = (folder / name).read_bytes()
    return ExportedFile(name, what, len(body), hashlib.sha256(body).hexdigest())
