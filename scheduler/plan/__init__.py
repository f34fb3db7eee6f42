"""The plan's floor: files in, typed values out, all problems collected, and when things are due.

Pure: no database, no network, no clock of its own.
"""
