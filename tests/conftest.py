"""No test reaches beyond this machine; recorded pages lie beside the project; CI allows no skip."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# No test asserts on time spent.
settings.register_profile("plain", deadline=None)
settings.load_profile("plain")

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections to anything but this machine fail at once."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole nights and demonstrations begin first, so that none of them is left for one worker at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    """In CI everything is there, so a skipped test is a hole: name it and fail."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and os.environ.get("CI"):
        terminalreporter.write_line(f"{len(skipped)} 项测试在 CI 里被跳过，视为失败。", red=True)
        terminalreporter._session.exitstatus = pytest.ExitCode.TESTS_FAILED
