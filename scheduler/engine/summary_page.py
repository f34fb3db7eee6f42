"""Placeholder page."""
