"""The screen Approvals."""
