"""The engine at work by itself: its workers, its rounds, what it tells people."""
