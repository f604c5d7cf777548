"""A hundred Weibo accounts that post every day, on a mirror of their own; one of them may be dead."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from demo.county import load_county
from demo.pages.sites import answer
from demo.server import CountyServer, Override
from tests.cli.conftest import CONFIG, child, table
from tests.crawler.crawling import list_of

UIDS = tuple(str(8_600_000_000 + number) for number in range(1, 101))
MODEL = "7601000003"
NIGHT = load_county().nights[-1]
_MID = re.compile(r"\b5[0-9]{15}\b")
_DEAD: dict[str, Override] = {
    "refused": (502, {"X-Mirror-Error": "refused"}, b""),
    "timeout": (502, {"X-Mirror-Error": "timeout"}, b""),
    "server error": (500, {}, b"<html>x</html>"),
    "no such account": (200, {}, json.dumps({"ok": 0, "msg": "这里还没有内容"}, ensure_ascii=False).encode()),
    "wall": (200, {}, b'{"ok":-100}'),
    "nonsense": (200, {}, b"\x00\xff" * 5000),
}
DEATHS = tuple(_DEAD)


@dataclass(frozen=True)
class Hundred:
    """What the mirror answers; the account ``dead`` in the way of ``death``."""

    dead: str
    death: str

    def override(self, url: str) -> Override | None:
        """The mirror's answer."""
        parts = urlsplit(url)
        if parts.hostname != "m.weibo.cn" or parts.path == "/robots.txt":
            return None
        container = parse_qs(parts.query).get("containerid", [""])[0]
        uid = container[6:] or parse_qs(parts.query).get("value", [""])[0]
        return _DEAD[self.death] if uid == self.dead else (200, {"Content-Type": "application/json"}, page_of(uid, url))

    def home(self, folder: Path, server: CountyServer) -> Path:
        """A home with the hundred in its register."""
        folder.mkdir(parents=True)
        (folder / "xuncha.toml").write_text(CONFIG.format(mirror=server.url), encoding="utf-8")
        heads = ["平台", "账号名称", "主办单位", "账号ID", "创建日期"]
        rows = [
            ["微博", f"云岭第{number}号", f"云岭县第{number}局", uid, "2019-07-01"]
            for number, uid in enumerate(UIDS, 1)
        ]
        done = child("accounts", "import", table(folder / "名录.csv", [heads, *rows]), home=folder, now=NIGHT)
        assert done.code == 0, done.err
        server.overrides = self.override
        return folder


def page_of(uid: str, url: str) -> bytes:
    """A county account's page with another uid and other post ids."""
    text = _model(url.replace(uid, MODEL)).replace(MODEL, uid)
    return _MID.sub(lambda found: str(int(found[0]) + int(uid) * 1000), text).encode()


@cache
def _model(url: str) -> str:
    return answer(load_county(), url or list_of(MODEL), NIGHT).body.decode()
