"""The screen Rehearsal."""
