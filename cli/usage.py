"""Wrong use of the command line in Chinese: typer says it in English only."""

from __future__ import annotations

import re

_HELP = "加 --help 可看用法。"
_SAID = (
    (re.compile(r"No such command '(.+?)'\. Did you mean '(.+?)'"), "没有“{}”这个命令；是不是想写 {}？"),
    (re.compile(r"No such command '(.+?)'"), "没有“{}”这个命令；" + _HELP),
    (re.compile(r"No such option: (\S+) \(Possible options: (.+)\)"), "没有 {} 这个选项；是不是想写 {}？"),
    (re.compile(r"No such option: (\S+)"), "没有 {} 这个选项；" + _HELP),
    (re.compile(r"Missing argument '(.+?)'"), "缺少 {}；" + _HELP),
    (re.compile(r"Missing option '(.+?)'"), "缺少选项 {}；" + _HELP),
    (re.compile(r"Missing command"), "还要写上做什么；" + _HELP),
    (re.compile(r"Got unexpected extra argument\(s\) \((.+)\)"), "多出了 {}；" + _HELP),
    (re.compile(r"Option '(.+?)' requires an argument"), "选项 {} 后面要写内容。"),
    (re.compile(r"Invalid value for '(.+?)': (.+)"), "{} 的值不对：{}"),
)


def in_chinese(words: str) -> str:
    """The sentence for what typer has to say of a command line; its own words where they are not known."""
    for pattern, sentence in _SAID:
        found = pattern.search(words)
        if found is not None:
            return sentence.format(*found.groups())
    return f"用法不对：{words}"
