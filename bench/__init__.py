"""Speed, measured side by side with a reference in the same run. ``python -m bench`` runs all of it."""
