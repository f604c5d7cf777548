"""The words of names are refused where they cannot all be told apart."""

from __future__ import annotations

import pytest

from analysis import lexicon


def test_a_kind_of_body_too_many_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicon, "N_BODIES", 3)
    with pytest.raises(ValueError, match="3 at most"):
        lexicon.words(frozenset())
