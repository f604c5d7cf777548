"""The command line (命令行): the same jobs as the scheduler's, by hand."""

from cli.app import main

__all__ = ["main"]
