"""``python -m cli``: how the scheduler starts a command as a child process."""

from cli.app import main

main()
