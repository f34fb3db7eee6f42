"""The screens, one folder each: its actions, what it reads, how it shows it."""
