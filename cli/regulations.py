"""Which documents (文件) an office may choose, and what is said while it has chosen none."""

from __future__ import annotations

from analysis.inspection import NATIONAL
from scheduler.files import CONFIG_NAME
from scheduler.workspace import Workspace
from storage.queries import accounts as account_queries


def unchosen_words(space: Workspace) -> str | None:
    """One sentence where neither the office nor any account names a regulation, with those that can be named."""
    if space.config.rules.regulations or any(one.regulations for one in account_queries.accounts(space.engine)):
        return None
    law = space.regulations
    others = {name: one.title for name, one in law.items() if name != NATIONAL}
    named = "、".join(f"{name}《{title}》" for name, title in others.items())
    return (
        f"没有选适用的文件，疑似账号和其他问题都不会列为线索，只按《{law[NATIONAL].title}》判定；"
        f'请在 {CONFIG_NAME} 的 [rules] regulations 里填写，如 regulations = ["{min(others)}"]，可填：{named}。'
    )
