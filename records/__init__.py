"""The vocabulary (词汇): one frozen type for one thing, with no input or output of any kind.

Times are aware and kept in UTC (``..._at``); dates are those of Asia/Shanghai (``..._on``).
Absent knowledge is ``None``, never ``""`` or ``0``. An account is named by its reference
``platform:uid``. The order of a tuple is the order of the page or table it came from.
"""

from records.errors import TellableError
from records.evidence import AccountEvidence, Coverage, Evidence, Finding, Judgement, Match, Observation, Triage
from records.law import Case, Clause, Period, Regulation, Result, Severity, Verdict
from records.pages import Candidate, Counter, Link, LinkCheck, Media, Post, Probe, Profile, Snapshot
from records.register import CRAWLED_PLATFORMS, Account, Filing, Unit
from records.shapes import SHANGHAI, as_json

__all__ = [
    "CRAWLED_PLATFORMS",
    "SHANGHAI",
    "Account",
    "AccountEvidence",
    "Candidate",
    "Case",
    "Clause",
    "Counter",
    "Coverage",
    "Evidence",
    "Filing",
    "Finding",
    "Judgement",
    "Link",
    "LinkCheck",
    "Match",
    "Media",
    "Observation",
    "Period",
    "Post",
    "Probe",
    "Profile",
    "Regulation",
    "Result",
    "Severity",
    "Snapshot",
    "TellableError",
    "Triage",
    "Unit",
    "Verdict",
    "as_json",
]
