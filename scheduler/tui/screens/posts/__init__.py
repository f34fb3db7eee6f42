"""The screen Posts."""
