"""The campaign played on a simulated clock, and what it came to."""
