"""What the operating system and the libraries below us say, in the language in use.

English is always what they said themselves. In another language a sentence is looked up with everything that changes
in it (what stands in quotes, numbers) left open; one that the catalogue does not know stays as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scheduler.ground.text import N_, _, language

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBERED = re.compile(r"(\[Errno -?\d+\] )(.*?)(: ['\"].*)?", re.DOTALL)
_OPEN = re.compile(r"\('[^()]*\)|'\\'(?= )|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\d+")


def borrowed(text: str) -> str:
    """Return a sentence of the system or of a library in the language in use."""
    if language() == "en":
        return text
    numbered = _NUMBERED.fullmatch(text)
    if numbered is not None:
        return numbered[1] + borrowed(numbered[2]) + (numbered[3] or "")
    for capital in (text, text[:1].upper() + text[1:]):
        message = _OPEN.sub("{}", capital)
        found = _(message)
        if found != message:
            return found.format(*map(_, _OPEN.findall(capital))) if "{}" in message else found
    return text


def system(error: OSError) -> str:
    """Return why the system refused."""
    return borrowed(error.strerror or str(error))


def complaint(error: Mapping[str, Any]) -> str:
    """Return what one entry of pydantic's ``ValidationError.errors()`` says."""
    said = str(error["msg"]).removeprefix("Value error, ")
    message = _OF_MODELS.get(error["type"])
    if message is None or language() == "en":
        return said
    values = {name: str(value).replace(" or ", _(" or ")) for name, value in error.get("ctx", {}).items()}
    return _(message).format(**values)


_OF_MODELS = {
    "missing": N_("Field required"),
    "string_type": N_("Input should be a valid string"),
    "string_too_short": N_("String should have at least {min_length} characters"),
    "string_too_long": N_("String should have at most {max_length} characters"),
    "string_pattern_mismatch": N_("String should match pattern '{pattern}'"),
    "int_type": N_("Input should be a valid integer"),
    "int_parsing": N_("Input should be a valid integer, unable to parse string as an integer"),
    "int_from_float": N_("Input should be a valid integer, got a number with a fractional part"),
    "float_type": N_("Input should be a valid number"),
    "float_parsing": N_("Input should be a valid number, unable to parse string as a number"),
    "bool_type": N_("Input should be a valid boolean"),
    "bool_parsing": N_("Input should be a valid boolean, unable to interpret input"),
    "greater_than": N_("Input should be greater than {gt}"),
    "greater_than_equal": N_("Input should be greater than or equal to {ge}"),
    "less_than": N_("Input should be less than {lt}"),
    "less_than_equal": N_("Input should be less than or equal to {le}"),
    "literal_error": N_("Input should be {expected}"),
    "enum": N_("Input should be {expected}"),
    "dict_type": N_("Input should be a valid dictionary"),
    "model_type": N_("Input should be a valid dictionary"),
    "model_attributes_type": N_("Input should be a valid dictionary"),
    "list_type": N_("Input should be a valid list"),
    "tuple_type": N_("Input should be a valid tuple"),
    "too_short": N_("There should be at least {min_length} items"),
    "too_long": N_("There should be at most {max_length} items"),
    "time_type": N_("Input should be a valid time"),
    "time_parsing": N_("Input should be in a valid time format"),
    "time_delta_type": N_("Input should be a valid duration"),
    "time_delta_parsing": N_("Input should be a valid duration"),
}
"""By pydantic's types of errors, those that options of channels can meet."""

FROM_SYSTEM = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("Directory not empty"),
    N_("File exists"),
    N_("File name too long"),
    N_("File too large"),
    N_("Too many levels of symbolic links"),
    N_("Too many open files"),
    N_("Input/output error"),
    N_("Read-only file system"),
    N_("Device or resource busy"),
    N_("Stale file handle"),
    N_("Connection refused"),
    N_("Connection reset by peer"),
    N_("Network is unreachable"),
    N_("No route to host"),
    N_("Name or service not known"),
    N_("Temporary failure in name resolution"),
    N_("Timed out"),
)
"""A test finds those of a file system in the system's own list."""

FROM_TOML = (
    N_("Expected {} after a key in a key/value pair"),
    N_("Expected newline or end of document after a statement"),
    N_("Expected {} at the end of a table declaration"),
    N_("Expected {} at the end of an array declaration"),
    N_("Expected {}"),
    N_("Found invalid character {}"),
    N_("Illegal character {}"),
    N_("Invalid initial character for a key part"),
    N_("Invalid statement"),
    N_("Invalid value"),
    N_("Invalid date or datetime"),
    N_("Invalid hex value"),
    N_("Escaped character is not a Unicode scalar value"),
    N_("Unescaped {} in a string"),
    N_("Unterminated string"),
    N_("Unclosed array"),
    N_("Unclosed inline table"),
    N_("Cannot overwrite a value"),
    N_("Cannot declare {} twice"),
    N_("Cannot redefine namespace {}"),
    N_("Cannot mutate immutable namespace {}"),
    N_("Duplicate inline table key {}"),
)

FROM_YAML = (
    N_("mapping values are not allowed in this context"),
    N_("mapping values are not allowed here"),
    N_("block sequence entries are not allowed in this context"),
    N_("found character that cannot start any token"),
    N_("found character {} that cannot start any token"),
    N_("found unexpected end of stream"),
    N_("found unexpected document indicator"),
    N_("found unknown escape character"),
    N_("found undefined tag handle"),
    N_("found a tab character that violates indentation"),
    N_("found a tab character where an indentation space is expected"),
    N_("could not find expected {}"),
    N_("did not find expected key"),
    N_("did not find expected node content"),
    N_("did not find expected {} or {}"),
    N_("did not find expected {} indicator"),
    N_("did not find expected alphabetic or numeric character"),
    N_("did not find expected comment or line break"),
    N_("did not find expected hexdecimal number"),
    N_("did not find expected whitespace or line break"),
    N_("did not find expected tag URI"),
    N_("could not find expected directive name"),
    N_("did not find expected <document start>"),
    N_("control characters are not allowed"),
    N_("special characters are not allowed"),
)

FROM_TEMPLATES = (
    N_("'end of print statement'"),
    N_("'end of template'"),
    N_("'name'"),
    N_("Expected an expression, got end of statement {}"),
    N_("Expected an expression, got {}"),
    N_("expected token {}, got {}"),
    N_("expected name or number"),
    N_("unexpected char {} at {}"),
    N_("unexpected end of template, expected {}"),
    N_("unexpected {}"),
    N_("unexpected {}, expected {}"),
)
"""Jinja's, of what may stand between braces."""

FROM_SQLITE = (
    N_("database or disk is full"),
    N_("disk I/O error"),
    N_("attempt to write a readonly database"),
    N_("unable to open database file"),
    N_("file is not a database"),
    N_("database disk image is malformed"),
)

FROM_LISTS = (
    N_("Invalid isoformat string: {}"),
    N_("day is out of range for month"),
    N_("month must be in {}..{}"),
    N_("line contains NUL"),
    N_("field larger than field limit ({})"),
    N_("unexpected end of data"),
    N_("new-line character seen in unquoted field - do you need to open the file with newline=''?"),
)
"""Those of the readers of CSV and of dates."""
