"""The screen Coverage."""
