"""The commands, one file a group, found by file name."""
