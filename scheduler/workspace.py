"""One opened home folder (工作文件夹): its configuration, clock and database; what every job starts from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine

from records import Regulation
from registry.clauses import load_regulations
from scheduler.clock import Clock
from scheduler.config import Config, ConfigError, load_config
from storage.database import open_database
from storage.store import Store

VERSION = "0.1"


@dataclass(frozen=True)
class Workspace:
    """A home folder; the database is opened at first use."""

    home: Path
    config: Config
    clock: Clock

    @classmethod
    def open(cls, home: Path, clock: Clock) -> Workspace:
        """The workspace of a folder that ``xuncha init`` made.

        Raises:
            ConfigError: The folder holds no usable configuration, or [rules] has a value that cannot be.
        """
        opened = cls(home, load_config(home), clock)
        opened.regulations  # noqa: B018 (read now, so that a wrong value stops every command, not only those that judge)
        return opened

    @cached_property
    def engine(self) -> Engine:
        """The database; a relative SQLite path is below the home folder."""
        return open_database(self.config.database.url, self.home)

    @cached_property
    def store(self) -> Store:
        """Writes to the database."""
        return Store(self.engine)

    @cached_property
    def regulations(self) -> dict[str, Regulation]:
        """The documents shipped with the program, the office's settings put in."""
        rules = self.config.rules
        try:
            found = load_regulations(rules.settings, rules.confirmed_by or None)
        except (KeyError, ValueError) as error:
            raise ConfigError(f"xuncha.toml {error.args[0]}。") from error
        unknown = [name for name in rules.regulations if name not in found]
        if unknown:
            raise ConfigError(f"[rules] regulations 里没有这个文件：{unknown[0]}；可用的有：{'、'.join(found)}。")
        return found

    @property
    def mirror(self) -> str:
        """The mirror in use, ``""`` for none."""
        return self.config.crawl.mirror

    @property
    def user_agent(self) -> str:
        """Who we are and whom to write to, said to every host."""
        contact = self.config.office.contact or "contact not set"
        plain = contact.encode("ascii", "ignore").decode().strip() or "contact not set"
        return f"xuncha/{VERSION} (public accounts monitor; {plain})"

    @property
    def permitted_hosts(self) -> list[str]:
        """Hosts whose operator permitted the crawl in spite of robots.txt."""
        return [name for name, host in self.config.hosts.items() if host.robots == "permitted"]

    def notes(self) -> list[str]:
        """What every report and page says of the data's origin."""
        notes = []
        if self.mirror:
            notes.append(f"本次数据来自镜像 {self.mirror}，不是平台的实时页面。")
        for name, host in self.config.hosts.items():
            if host.robots == "permitted":
                on = host.permitted_on.isoformat() if host.permitted_on else ""
                notes.append(f"{name}：经 {host.permitted_by} 于 {on} 许可采集（{host.permission}）。")
        return notes
