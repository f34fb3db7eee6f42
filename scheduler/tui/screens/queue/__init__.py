"""The screen Queue."""
