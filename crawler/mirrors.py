"""Where the mirror keeps an address (镜像), and how it tells that the host itself failed (contract §6)."""

from __future__ import annotations

from urllib.parse import urlsplit

MIRROR_ERROR_HEADER = "X-Mirror-Error"
MIRROR_FAULTS = ("dns", "refused", "reset", "timeout", "tls")


def mirrored(url: str, mirror: str) -> str:
    """The address under the mirror that stands for ``url``; ``url`` itself when there is no mirror."""
    if not mirror:
        return url
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{mirror.rstrip('/')}/{parts.scheme}/{parts.netloc}{parts.path or '/'}{query}"
