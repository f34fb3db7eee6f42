"""The terminal UI. Nothing above this floor, and Textual is imported nowhere else."""
