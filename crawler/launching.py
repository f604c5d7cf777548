"""Starts the browser, and says plainly where that cannot be done (浏览器启动)."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error as BrowserError

from crawler.lost import BrowserLost

if TYPE_CHECKING:
    from playwright.async_api import Browser

# A machine short of memory may have some again.
PAUSE_SECONDS = 2.0
_LOST = (
    "浏览器启动不了：%s（%s）。需要浏览器的页面本次不采集，这些账号记为未采集；请先单独运行一次这个程序看它报什么错，"
    "再重新安装（uv run playwright install chromium，或系统的 Chromium），或用环境变量 XUNCHA_CHROMIUM 指明另一个。"
)

_log = logging.getLogger(__name__)


async def launched(provider_class: Any, config: Any) -> tuple[Any, Browser]:
    """``(driver, browser)``, both new, as scrapy-playwright's own classes make them; tried once more if need be.

    Raises:
        BrowserLost: There is no starting it; the log says so once, with the browser's path.
    """
    try:
        return await _launched(provider_class, config)
    except (BrowserError, OSError):
        await asyncio.sleep(PAUSE_SECONDS)
    try:
        return await _launched(provider_class, config)
    except (BrowserError, OSError) as error:
        path = config.launch_options["executable_path"]
        _log.error(_LOST, path, " ".join(str(error).split())[:200])
        raise BrowserLost(path) from error


async def _launched(provider_class: Any, config: Any) -> tuple[Any, Browser]:
    provider = provider_class(config)
    await provider.start()
    return provider, await provider.launch_browser()
