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
)
"""A test finds each of them in click."""


def choices(number: int) -> str:
    """Return what click says of a value that is none of the choices."""
    return many("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", number)


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

FROM_ENGINE = (
    N_("another engine is at work in this folder ('loa doctor' says which)"),
    N_("not armed: run 'loa arm' once the plan is right"),
    N_("not armed: armed before, with a database that is gone and knew what went out; 'loa restore' it, or 'loa arm'"),
    N_("not armed: this database was armed in another place or replaced; run 'loa arm'"),
    N_("not armed: this database has been copied or moved here; run 'loa arm'"),
    N_("not armed: this database is older than the one that was armed here; run 'loa arm'"),
    N_("the engine is stopping"),
    N_("an outcome could not be written yet"),
    N_("its time has passed"),
    N_("due before the folder was armed"),
    N_("no longer in the plan"),
    N_("in the plan again"),
    N_("due while the restored database did not know"),
    N_("planned after its time"),
    N_("its time has passed: a person must say"),
    N_("no answer in time"),
    N_("the engine died during the call"),
    N_("the call ended late"),
    N_("the call was given up before its point of no return"),
    N_("the post has been edited, held or revoked meanwhile"),
    N_("not called: an earlier call of the batch hung"),
    N_("no recipient is left: every address is empty or has had this already"),
    N_("a batch did not end in time"),
    N_("sent again"),
    N_("nothing leaves the machine in a rehearsal"),
)
"""Fixed sentences of the engine, which it keeps in English in its record; a test finds each of them there."""
