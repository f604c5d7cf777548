"""A page as a reader sees it (页面文字): its title, its words, which of them are shown, and whether a script makes it.

A notice may stand in a page for the day it is needed: hidden, in a part that a script shows, or beside the empty place
where a script puts the page. Whoever opens the page does not see it, so it says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from lxml import etree

from crawler.link_signals import pattern, signals

# The parser would drop them and so join what they part.
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
_NO_WORDS = ("script", "style", "noscript", "template")
_PLACEHOLDER = "{{"
# The last part of a selector, where it is one class or one id: with more (.a.b, .a:after) it is about other elements.
_ONE_NAME = re.compile(r"[a-z0-9]*([.#][\w-]+)")


class Document:
    """A page, worked out once."""

    def __init__(self, text: str) -> None:
        # A blank before each tag, or a stray </x> would vanish and join the words that it parts.
        parted = _CONTROL.sub(" ", text).replace("<", " <")
        # The plain parser: lxml.html would make each element one of its own classes, in Python.
        parser = etree.HTMLParser(encoding="utf-8", recover=True, huge_tree=True)
        self._root: Any = etree.fromstring((parted.strip() or "<html></html>").encode("utf-8", "replace"), parser)
        if self._root is None:
            self._root = etree.fromstring("<html></html>", parser)

    @cached_property
    def title(self) -> str:
        """The page's title, white space folded."""
        first = next(self._root.iter("title"), None)
        return "" if first is None else _folded(first.itertext())

    @cached_property
    def words(self) -> str:
        """All words of the page, shown or not, but scripts and styles; a blank stands between what tags part."""
        return _folded(text for body in self._root.iter("body") for text in _texts(body))

    @cached_property
    def visible(self) -> str:
        """The words a reader sees as the page arrives; telling them takes as long again as parsing the page."""
        return _folded(self._reading.shown)

    @cached_property
    def is_made_by_script(self) -> bool:
        """Whether a script has yet to make the page: there is one, and a template or an empty place for it."""
        return self._reading.is_unmade and next(self._root.iter("script"), None) is not None

    @cached_property
    def leads_to(self) -> tuple[str, ...]:
        """Where a refresh or a script sends the reader, as it is written; ``""`` where only the script knows."""
        equivalents = (dict(meta.items()) for meta in self._root.iter("meta"))
        refreshes = (said for said in equivalents if said.get("http-equiv", "").strip().lower() == "refresh")
        timed = (pattern("refresh_address").match(said["content"]) for said in refreshes if "content" in said)
        scripts = (each.text or "" for each in self._root.iter("script"))
        scripted = (found[2] or "" for text in scripts for found in pattern("location_script").finditer(text))
        return (*(found[1] for found in timed if found), *scripted)

    def settle(self) -> None:
        """Works everything out and lets go of the page's elements, which take many times its size."""
        _ = (self.title, self.words, self.visible, self.is_made_by_script, self.leads_to)
        vars(self).pop("_reading", None)
        self._root = None

    @cached_property
    def _reading(self) -> _Reading:
        reading = _Reading(_unshown_names(each.text or "" for each in self._root.iter("style")))
        for body in self._root.iter("body"):
            reading.read(body)
        return reading


def _texts(body: Any) -> Iterator[str]:
    """The texts below an element that are not of a script or a style; in one walk."""
    n_wordless = 0
    for event, element in etree.iterwalk(body, events=("start", "end", "comment", "pi")):
        n_wordless += (element.tag in _NO_WORDS) * {"start": 1, "end": -1}.get(event, 0)
        text = element.text if event == "start" else element.tail
        if text and not n_wordless and (event == "start" or element is not body):
            yield text


class _Reading:
    """What one walk over a page finds of what is shown."""

    def __init__(self, unshown_names: frozenset[str]) -> None:
        self._unshown_names = unshown_names
        self.shown: list[str] = []
        self.is_unmade = False
        self._n_told = 0
        # The outermost element without words, the outermost not shown, and the places for a script that are open.
        self._wordless: Any = None
        self._unshown: Any = None
        self._mounts: list[tuple[Any, int]] = []

    def read(self, body: Any) -> None:
        """Takes in an element and all below it."""
        for event, element in etree.iterwalk(body, events=("start", "end", "comment", "pi")):
            if event == "start":
                self._open(element)
                self._take(element.text)
                continue
            if event == "end":
                self._close(element)
            if element is not body:
                self._take(element.tail)

    def _open(self, element: Any) -> None:
        if self._wordless is not None:
            return
        said = dict(element.items())
        is_template = any(map(pattern("template_attribute").match, said))
        self.is_unmade = self.is_unmade or is_template
        if element.tag in _NO_WORDS:
            self._wordless = element
        elif self._unshown is None and (is_template or _is_unshown(element.tag, said, self._unshown_names)):
            self._unshown = element
        if _is_mount(element.tag, said):
            self._mounts.append((element, self._n_told))

    def _close(self, element: Any) -> None:
        if element is self._wordless:
            self._wordless = None
        elif element is self._unshown:
            self._unshown = None
        if self._mounts and self._mounts[-1][0] is element:
            self.is_unmade = self._mounts.pop()[1] == self._n_told or self.is_unmade

    def _take(self, text: str | None) -> None:
        if not text or self._wordless is not None:
            return
        self.is_unmade = self.is_unmade or _PLACEHOLDER in text
        if self._unshown is None:
            self.shown.append(text)
            self._n_told += bool(self._mounts) and not pattern("mount_waiting").match(text)


def _is_unshown(tag: str, said: dict[str, str], unshown_names: frozenset[str]) -> bool:
    """Whether an element is not shown, by what it is, or by what its attributes say."""
    if tag in signals()["unshown_elements"]:
        return tag != "dialog" or "open" not in said
    if not said:
        return False
    if "hidden" in said or said.get("aria-hidden", "").strip().lower() == "true":
        return True
    if "style" in said and pattern("unshown_style").search(said["style"]):
        return True
    names = [f".{name}" for name in said["class"].lower().split()] if "class" in said else []
    return not unshown_names.isdisjoint([*names, f"#{said['id'].lower()}"] if "id" in said else names)


def _unshown_names(sheets: Iterable[str]) -> frozenset[str]:
    """The classes (``.hide``) and ids (``#hide``) that are not shown: by their meaning, or by the page's own styles."""
    names = {f".{name}" for name in signals()["unshown_classes"]}
    for rule in (rule for sheet in sheets for rule in sheet.lower().split("}")):
        selectors, _, style = rule.rpartition("{")
        if pattern("unshown_style").search(style):
            lasts = (selector.split()[-1:] for selector in selectors.rpartition("{")[2].split(","))
            names.update(found[1] for last in lasts for name in last if (found := _ONE_NAME.fullmatch(name)))
    return frozenset(names)


def _is_mount(tag: str, said: dict[str, str]) -> bool:
    """Whether a script puts the page into an element."""
    return tag in signals()["mount_elements"] or ("id" in said and said["id"].lower() in signals()["mount_ids"])


def _folded(texts: Iterable[str]) -> str:
    return " ".join(" ".join(texts).split())
