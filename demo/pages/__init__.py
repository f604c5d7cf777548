"""The platforms' pages of 云岭县 in their real shapes, as they look at one moment. One file a platform."""

from demo.pages.answer import Answer

__all__ = ["Answer"]
