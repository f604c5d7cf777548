"""Writes the register (名录): accounts found again by any of their keys, so that a re-import changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from records import Account, Filing, Profile, Unit, as_json
from storage.posts import insert
from storage.schema import AccountRow, AliasRow, UnitRow

# Keys that a platform gives once and never changes.
STABLE_KINDS = ("uid", "biz", "token")
# Built once, as every page asks it.
_BY_KEYS = select(AliasRow.account_id).where(
    AliasRow.platform == bindparam("platform"), AliasRow.key.in_(bindparam("keys", expanding=True))
)


@dataclass(frozen=True, slots=True)
class RegisterChange:
    """What an import did: numbers of units, accounts, and those added, changed and unchanged."""

    units: int
    accounts: int
    added: int
    changed: int
    unchanged: int


def save_register(
    connection: Connection, units: Sequence[Unit], accounts: Sequence[Account], filings: Mapping[str, Sequence[Filing]]
) -> RegisterChange:
    """Make the register what these units and accounts say; accounts no longer there stay stored but unlisted."""
    unit_ids = _save_units(connection, units)
    connection.execute(update(AccountRow).values(listed=False))
    added = changed = 0
    for position, account in enumerate(accounts):
        shape = as_json(account) | {"filings": as_json(filings.get(account.ref, ()))}
        row_id = _row_of(connection, account)
        values: dict[str, Any] = {
            "platform": account.platform,
            "name": account.name,
            "unit_id": unit_ids[account.unit],
            "filed": shape,
            "digest": hashlib.sha256(json.dumps(shape, sort_keys=True, ensure_ascii=False).encode()).hexdigest(),
            "position": position,
            "listed": True,
        }
        if row_id is None:
            statement = insert(connection, AccountRow).values(uid=account.uid, **values).returning(AccountRow.id)
            row_id = connection.execute(statement).scalar_one()
            added += 1
        else:
            old = connection.execute(select(AccountRow.digest).where(AccountRow.id == row_id)).scalar_one()
            changed += old != values["digest"]
            connection.execute(update(AccountRow).where(AccountRow.id == row_id).values(values))
        save_aliases(connection, row_id, account.platform, {"filed": account.uid, **account.aliases})
    unchanged = len(accounts) - added - changed
    return RegisterChange(len(unit_ids), len(accounts), added, changed, unchanged)


def _row_of(connection: Connection, account: Account) -> int | None:
    """The stored row that is this account; none where the register now gives another stable key.

    A corrected key is another account of the platform: what was seen under the wrong one is not its own.
    """
    found = find_account(connection, account.platform, [account.uid])
    if found is not None:
        return found
    found = find_account(connection, account.platform, list(account.aliases.values()))
    if found is None or not _is_stable(account.uid, account.aliases):
        return found
    row = connection.execute(select(AccountRow.uid, AccountRow.filed).where(AccountRow.id == found)).one()
    if not _is_stable(row.uid, row.filed["aliases"]):
        return found
    keys = [value.casefold() for value in account.aliases.values()]
    connection.execute(delete(AliasRow).where(AliasRow.platform == account.platform, AliasRow.key.in_(keys)))
    return None


def _is_stable(uid: str, aliases: Mapping[str, str]) -> bool:
    return uid in [aliases[kind] for kind in STABLE_KINDS if kind in aliases]


def _save_units(connection: Connection, units: Sequence[Unit]) -> dict[str, int]:
    for unit in units:
        values = {
            "short_names": list(unit.short_names),
            "supervisor": unit.supervisor,
            "division": unit.division,
        }
        statement = insert(connection, UnitRow).values(name=unit.name, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
    rows = connection.execute(select(UnitRow.name, UnitRow.id).where(UnitRow.name.in_([unit.name for unit in units])))
    return {row.name: row.id for row in rows}


def find_account(connection: Connection, platform: str, keys: Sequence[str]) -> int | None:
    """The row of the account known by one of these keys."""
    folded = [key.casefold() for key in keys]
    return connection.execute(_BY_KEYS, {"platform": platform, "keys": folded}).scalars().first()


def save_aliases(connection: Connection, account_id: int, platform: str, aliases: Mapping[str, str]) -> None:
    """Remember keys of an account; a key that another account holds stays with it."""
    rows = [
        {"platform": platform, "key": value.casefold(), "account_id": account_id, "kind": kind, "value": value}
        for kind, value in aliases.items()
        if value
    ]
    if rows:
        connection.execute(insert(connection, AliasRow).on_conflict_do_nothing(), rows)


def learn_profile(connection: Connection, account_id: int, profile: Profile) -> None:
    """Take the platform's stable key of an account from its profile, and every alias shown."""
    save_aliases(connection, account_id, profile.platform, {"uid": profile.uid, **profile.aliases})
    rival = select(AccountRow.id).where(AccountRow.platform == profile.platform, AccountRow.uid == profile.uid)
    if connection.execute(rival).scalar() is None:
        connection.execute(update(AccountRow).where(AccountRow.id == account_id).values(uid=profile.uid))


def account_of(row: Any, unit: str, aliases: Mapping[str, str]) -> Account:
    """The Account that a row stands for, with every alias learned since it was filed."""
    filed = row.filed
    return Account(
        platform=row.platform,
        uid=row.uid,
        name=row.name,
        unit=unit,
        aliases={**aliases, **filed["aliases"]},
        url=filed["url"],
        account_type=filed["account_type"],
        medium=filed["medium"],
        status=filed["status"],
        verified_entity=filed["verified_entity"],
        former_names=tuple(filed["former_names"]),
        regulations=tuple(filed["regulations"]),
        article_links=tuple(filed["article_links"]),
        menu_links=tuple(filed["menu_links"]),
        feed_url=filed["feed_url"],
        feed_complete=filed["feed_complete"],
        dates={name: date.fromisoformat(value) for name, value in filed["dates"].items()},
        fields=filed["fields"],
    )
