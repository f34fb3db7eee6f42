"""The screen Channels."""
