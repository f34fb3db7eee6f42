"""Sentences that click says in our name. It asks gettext for them, so that they need a place in our catalogue."""

from __future__ import annotations

from scheduler.ground.text import N_, many

FROM_CLICK = (
    N_("Usage:"),
    N_("Show this message and exit."),
    N_("Missing command."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Option {name!r} does not take a value."),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is a directory."),
    N_("Choose from:\n\t{choices}"),
    N_("file"),
    N_("directory"),
    N_("path"),
    N_("default: {default}"),
    N_("required"),
    N_("env var: {var}"),
    N_("Error: invalid input"),
    N_("Invalid start character for option ({option})"),
    N_("Could not open file {filename!r}: {message}"),
    N_("{name} {filename!r} is not readable."),
    N_("{name} {filename!r} is not writable."),
    N_("{name} {filename!r} is not executable."),
    N_("{editor}: Editing failed"),
    N_("{editor}: Editing failed: {e}"),
    N_("Aborted!"),
)
"""A test finds each of them in click."""


def choices(number: int) -> str:
    """Return what click says of a value that is none of the choices."""
    return many("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", number)


def extra(number: int) -> str:
    """Return what click says of values that no argument takes."""
    return many("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", number)


def lacking(number: int) -> str:
    """Return what click says of an option without its value."""
    return many("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", number)


FROM_CHANNELS = (
    N_("characters"),
    N_("encoding"),
    N_("files"),
    N_("left"),
    N_("over"),
    N_("parts"),
    N_("photos"),
    N_("seconds"),
    N_("slot"),
    N_("units"),
    N_("words"),
)
"""Names of figures and units that the shipped channels give their texts; one of an outsider's shows as it is."""
