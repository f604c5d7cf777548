"""The tables (数据表). Times are kept in UTC; platform names are plain text: a new platform needs no migration."""

from storage.schema.base import Base, UtcTime
from storage.schema.filed import AccountRow, AliasRow, MappingRow, ObservationRow, ReportedRow, UnitRow
from storage.schema.judged import DecisionRow, FindingRow, JudgementRow, ReleaseRow
from storage.schema.searched import AvatarRow, DismissedRow, SearchRow, SightingRow
from storage.schema.seen import (
    AddressRow,
    CandidateRow,
    CoverageRow,
    LinkCheckRow,
    LinkRow,
    PostRow,
    ProfileRow,
    RunRow,
    SnapshotRow,
    TextRow,
    VersionRow,
)
from storage.schema.watched import EndingRow, HostRow, JobRow, ProbeRow, ValidatorRow, YieldRow

__all__ = [
    "AccountRow",
    "AddressRow",
    "AliasRow",
    "AvatarRow",
    "Base",
    "CandidateRow",
    "CoverageRow",
    "DecisionRow",
    "DismissedRow",
    "EndingRow",
    "FindingRow",
    "HostRow",
    "JobRow",
    "JudgementRow",
    "LinkCheckRow",
    "LinkRow",
    "MappingRow",
    "ObservationRow",
    "PostRow",
    "ProbeRow",
    "ProfileRow",
    "ReleaseRow",
    "ReportedRow",
    "RunRow",
    "SearchRow",
    "SightingRow",
    "SnapshotRow",
    "TextRow",
    "UnitRow",
    "UtcTime",
    "ValidatorRow",
    "VersionRow",
    "YieldRow",
]
