"""Loa: a scheduler for public-information campaigns.

The floors, lowest first; a module imports only from floors below its own:
``ground`` → ``plan`` → ``channels`` (with the door, ``api``) → ``store`` → ``engine`` → ``cli``, ``tui``.
"""

__version__ = "0.1.0"
