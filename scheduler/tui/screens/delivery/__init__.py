"""One delivery, and what a person can do to it."""
