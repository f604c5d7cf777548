"""Errors that are told to a person."""

from __future__ import annotations


class TellableError(Exception):
    """An error whose message is one sentence for the person at the screen, with what to do next (可直接告知的错误)."""
