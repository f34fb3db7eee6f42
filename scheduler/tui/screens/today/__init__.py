"""The screen Today."""
