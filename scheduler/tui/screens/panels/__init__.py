"""The screen Panels."""
