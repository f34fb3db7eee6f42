"""One module for each command of the first level, imported when that command is run."""
