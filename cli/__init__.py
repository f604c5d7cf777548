"""The command line (命令行): the same jobs as the scheduler's, by hand."""

import sys

try:
    from cli.app import main
except KeyboardInterrupt:
    # The rooms take a while to load, and nothing is under way yet.
    sys.exit(130)

__all__ = ["main"]
