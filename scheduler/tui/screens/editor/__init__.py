"""A post being written, and a new one."""
