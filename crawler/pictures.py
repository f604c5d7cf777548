"""Draws a picture of a stored page (证据图片) in a browser whose network is cut, marked 由存档生成.

The bytes are those of the archive: nothing is fetched, no script of the page is run.
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass

from crawler.browser import launch_arguments
from crawler.link_texts import decoded

WIDTH, HEIGHT = 1000, 1400
TEXT_LIMIT = 20_000
_STYLE = (
    "body{margin:0;font:15px/1.6 'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif}"
    "header{padding:12px 16px;background:#fff3cd;border-bottom:2px solid #7a5b00;"
    "white-space:pre-line;overflow-wrap:anywhere}"
    "pre{padding:16px;white-space:pre-wrap;overflow-wrap:anywhere}iframe{border:0;width:100%;height:1260px}"
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored answer and what is written above its picture."""

    url: str
    body: bytes
    content_type: str
    caption: str


def page_around(stored: Stored) -> str:
    """The page that is photographed: the caption, and below it the stored page without script, or its data as text."""
    head = f"<header><b>由存档生成</b>　{html.escape(stored.caption)}<br>{html.escape(stored.url)}</header>"
    text = decoded(stored.body, stored.content_type, whole=False)
    if "html" in stored.content_type or text.lstrip()[:1] == "<":
        # An empty sandbox runs no script and sends no form.
        inside = f'<iframe sandbox="" srcdoc="{html.escape(text, quote=True)}"></iframe>'
    else:
        inside = f"<pre>{html.escape(_readable(text))}</pre>"
    return f'<!doctype html><meta charset="utf-8"><style>{_STYLE}</style>{head}{inside}'


def _readable(text: str) -> str:
    try:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        pass  # not JSON: shown as it is
    return text[:TEXT_LIMIT]


_TWICE_DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def draw(stored: list[Stored], chromium: str) -> list[bytes]:
    """PNG pictures of the stored answers, in order."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=launch_arguments())
        context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, offline=True)
        context.route("**/*", lambda route: route.abort())
        pictures = []
        for one in stored:
            page = context.new_page()
            page.set_content(page_around(one), wait_until="load")
            # The frame that holds the answer is drawn a moment after it is loaded.
            page.evaluate(_TWICE_DRAWN)
            pictures.append(page.screenshot(type="png"))
            page.close()
        browser.close()
    return pictures
