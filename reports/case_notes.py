"""The text of 说明.txt in a case file (说明): what each file is, how to verify it, and why no letter was written."""

from __future__ import annotations

from collections.abc import Iterator

from reports.case_file import UNSEEN, CaseFile, Side, grounds
from reports.visible import masked, visible
from reports.wording import minute, platform_name


def about(case: CaseFile, files: list[tuple[str, str]], missing: list[str], verify: str) -> str:
    """The text of 说明.txt: what each file is, what is missing, how to verify, and what likeness does not prove.

    Args:
        case: What the folder is about.
        files: ``(name, what it is)`` in the folder.
        missing: A sentence for each piece of evidence that could not be written.
        verify: The command line by which the office verifies the lead against its archive.
    """
    lines = [
        f"线索编号：{case.finding.id}（{case.finding.verdict.value}）",
        f"生成时间：{minute(case.made_at)}",
        _about_account(case.suspected),
        "",
        "这是待核的线索。名称相似不是假冒的证明，认证标志也不是清白的证明；请由人核实后再作结论。"
        if case.is_draft
        else f"核实结论：{case.finding.verdict.value}。名称相似本身不是假冒的证明。",
        "",
        "文件：",
        *(f"  {name}　{what}" for name, what in files),
        *(["", "缺少的材料：", *(f"  {one}" for one in missing)] if missing else []),
        *_about_letter(case),
        "",
        "核对：",
        "  1. 文件有没有变：在本文件夹里运行 sha256sum -c sha256sums，每行应为 OK。",
        f"  2. 线索和存档是否一致：由出具本材料的单位运行 {verify}。",
        "  3. 证据里的 .warc.gz 是标准网页存档，可用 warcio check 核对，用网页存档回放软件打开。",
        "",
        "注意：证据里的网页文件可能含有脚本，请看由存档生成的图片，或断开网络后再打开。",
        "函和表里的手机号、身份证号隐去了中间几位，全文见证据；‹U+202E› 这样的写法表示一个看不见的字符。",
        "函的文号、日期、印章和收函单位全称，由人填写。",
        *(visible(note) for note in case.notes),
    ]
    return "\n".join(lines) + "\n"


def _about_account(one: Side) -> str:
    named = f"“{visible(one.name)}”" if one.name is not None else "账号"
    unseen = f"，{UNSEEN}，{masked(one.called)}" if one.called is not None else ""
    return f"疑似账号：{platform_name(one.platform)}{named}（{visible(one.uid or one.lacking)}）{unseen}"


def _about_letter(case: CaseFile) -> Iterator[str]:
    """Why there is no letter; where what is known allows none, with the reasons, which then stand in no other paper."""
    if case.why_no_letter is not None:
        yield f"\n没有写商请函：{case.why_no_letter}"
    if case.why_no_letter is not None and case.why_no_letter == case.why_not_yet:
        yield from (f"  {ground}" for ground in grounds(case))
