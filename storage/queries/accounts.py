"""Reads of the register: accounts, units, keys."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, bindparam, func, select

from records import (
    Account,
    Unit,
)
from storage.register import account_of, find_account
from storage.schema import (
    AccountRow,
    AliasRow,
    MappingRow,
    UnitRow,
)

# Built once, as every account of a night is asked for.
_OF_ROWS = (
    select(*AccountRow.__table__.columns, UnitRow.name.label("unit_name"))
    .join(UnitRow, UnitRow.id == AccountRow.unit_id)
    .where(AccountRow.id.in_(bindparam("rows", expanding=True)))
)
_ALIASES_OF_ROWS = select(AliasRow.account_id, AliasRow.kind, AliasRow.value).where(
    AliasRow.account_id.in_(bindparam("rows", expanding=True))
)


def accounts(engine: Engine, unit: str | None = None) -> list[Account]:
    """Accounts of the register in its order, with every alias learned since."""
    with engine.connect() as connection:
        return [account for _, account in account_rows(connection, unit)]


def account_rows(connection: Connection, unit: str | None = None) -> list[tuple[int, Account]]:
    """``(row id, account)`` of the register in its order."""
    query = (
        select(AccountRow, UnitRow.name.label("unit_name"))
        .join(UnitRow, UnitRow.id == AccountRow.unit_id)
        .where(AccountRow.listed)
        .order_by(AccountRow.position)
    )
    if unit is not None:
        query = query.where(UnitRow.name == unit)
    aliases: dict[int, dict[str, str]] = {}
    for row in connection.execute(select(AliasRow.account_id, AliasRow.kind, AliasRow.value)):
        aliases.setdefault(row.account_id, {}).setdefault(row.kind, row.value)
    found = connection.execute(query.with_only_columns(*AccountRow.__table__.columns, UnitRow.name.label("unit_name")))
    return [(row.id, account_of(row, row.unit_name, aliases.get(row.id, {}))) for row in found]


def account_of_row(connection: Connection, row_id: int) -> Account:
    """The account of one row, with every alias learned since."""
    return accounts_of_rows(connection, [row_id])[row_id]


def accounts_of_rows(connection: Connection, row_ids: Sequence[int]) -> dict[int, Account]:
    """The accounts of these rows by row, with every alias learned since."""
    aliases: dict[int, dict[str, str]] = {}
    for row in connection.execute(_ALIASES_OF_ROWS, {"rows": row_ids}):
        aliases.setdefault(row.account_id, {}).setdefault(row.kind, row.value)
    found = connection.execute(_OF_ROWS, {"rows": row_ids})
    return {row.id: account_of(row, row.unit_name, aliases.get(row.id, {})) for row in found}


def resolve(engine: Engine, reference: str) -> Account | None:
    """The account that ``platform:key`` names, by any of its known keys."""
    platform, _, key = reference.partition(":")
    with engine.connect() as connection:
        wanted = find_account(connection, platform, [key])
        return next((account for row_id, account in account_rows(connection) if row_id == wanted), None)


def units(engine: Engine) -> list[Unit]:
    """Units that have an account in the register, in its order."""
    query = (
        select(UnitRow)
        .join(AccountRow, AccountRow.unit_id == UnitRow.id)
        .where(AccountRow.listed)
        .group_by(UnitRow.id)
        .order_by(func.min(AccountRow.position))
    )
    with engine.connect() as connection:
        rows = connection.execute(query.with_only_columns(*UnitRow.__table__.columns)).all()
    return [
        Unit(name=r.name, short_names=tuple(r.short_names), supervisor=r.supervisor, division=r.division) for r in rows
    ]


def owners(engine: Engine, platform: str) -> dict[str, str]:
    """Account reference by every known key of the platform's registered accounts, keys case-folded."""
    query = (
        select(AliasRow.key, AccountRow.uid)
        .join(AccountRow, AccountRow.id == AliasRow.account_id)
        .where(AliasRow.platform == platform, AccountRow.listed)
    )
    with engine.connect() as connection:
        found = {row.key: f"{platform}:{row.uid}" for row in connection.execute(query)}
    return found


def registered_keys(engine: Engine) -> frozenset[str]:
    """``platform:key`` of every key of every account ever filed."""
    with engine.connect() as connection:
        return frozenset(
            f"{row.platform}:{row.key}" for row in connection.execute(select(AliasRow.platform, AliasRow.key))
        )


def column_mapping(engine: Engine) -> dict[str, str]:
    """The register columns that the office mapped by hand."""
    with engine.connect() as connection:
        return {row.column: row.field for row in connection.execute(select(MappingRow.column, MappingRow.field))}
