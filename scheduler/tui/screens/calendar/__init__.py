"""The screen Calendar."""
