"""Whether two sides of a table agree, in words (比较): values by being the same, pictures by their features. Pure."""

from __future__ import annotations

SAME, ALMOST_SAME, DIFFERENT = "相同", "几乎相同", "不同"
NOT_COMPARED, NOT_HAD = "不作比较", "没有取得"


def agreement(registered: str | None, suspected: str | None) -> str:
    """``相同`` or ``不同``; ``不作比较`` where one side is not known."""
    if registered is None or suspected is None:
        return NOT_COMPARED
    return SAME if registered == suspected else DIFFERENT


def picture_agreement(registered: str | None, suspected: str | None, alike: bool | None) -> str:
    """Whether two profile pictures agree by their features (头像特征), as the triage compares them.

    Their addresses tell nothing: every upload of the same picture has another.

    Args:
        registered: The feature of the one; ``None`` where its picture was not had. ``suspected`` is that of the other.
        suspected: See ``registered``.
        alike: Whether the triage takes the two for the same picture; without both features it is not looked at.

    Raises:
        ValueError: Both features are known and differ, and nobody says whether they are alike.
    """
    if registered is None or suspected is None:
        return NOT_HAD
    if registered == suspected:
        return SAME
    if alike is None:
        raise ValueError("two pictures that nobody compared")
    return ALMOST_SAME if alike else DIFFERENT


def picture_words(address: str | None, feature: str | None) -> str | None:
    """A picture's address and feature as far as known; ``None`` where the page gave no picture."""
    if address is None and feature is None:
        return None
    told = f"头像特征 {feature}" if feature is not None else "没有取得头像特征"
    return "，".join(filter(None, (address, told)))
