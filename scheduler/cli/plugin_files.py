"""What a new plugin consists of: the texts below ``starter/plugin``, with its name filled in."""

from __future__ import annotations

import keyword
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler import __version__
from scheduler.channels.contract import VERSION
from scheduler.ground.text import N_, _
from scheduler.plan.values import is_id, slug

if TYPE_CHECKING:
    from collections.abc import Mapping

STARTER = Path(__file__).parent / "starter" / "plugin"
KINDS: Mapping[str, str] = {
    "drop": N_("a sheet or an export in a folder, for people who carry it on and confirm"),
    "http": N_("an HTTP API: one message per delivery, with a token"),
    "bulk": N_("many recipients: one message for everyone on a list"),
    "picture": N_("a picture of all that was published, such as a feed or a web page"),
    "device": N_("a device on the network, such as a board: one line over TCP per delivery"),
}
"""What kinds of channel there are to begin with, and what each is."""
LONGEST = 30
_LIST = """\
Its target reads `{file}` in the campaign folder, which is a table like this:

```csv
{lines}```

"""


@dataclass(frozen=True, slots=True)
class NewPlugin:
    """A plugin that is to be written. ``name`` is that of its channel, ``title`` how people call it."""

    name: str
    kind: str
    title: str

    @property
    def module(self) -> str:
        """Its name as Python has it."""
        return self.name.replace("-", "_")

    @property
    def table(self) -> str:
        """The lines that switch its channel on, for the end of config.toml."""
        return self._text(f"{self.kind}/channel.toml.in")

    @property
    def token(self) -> str:
        """The environment variable that its table names for a secret, or ""."""
        return f"{self.module.upper()}_TOKEN" if self.kind in ("http", "bulk") else ""

    @property
    def lists(self) -> dict[str, str]:
        """Return the files below the campaign folder that its table names, by path."""
        return {f"content/contacts/{self.name}.csv": self._text("bulk/list.csv.in")} if self.kind == "bulk" else {}

    def single(self) -> dict[str, str]:
        """Return the files of a plugin in a single file, by their path in the campaign folder."""
        test = f"plugins/tests/test_{self.module}.py"
        return {f"plugins/{self.module}.py": self._plugin(), test: self._test("@SINGLE@", "@PACKAGE@"), **self.lists}

    def package(self) -> dict[str, str]:
        """Return the files of a plugin as a distribution of its own, by their path in its folder."""
        common = {"pyproject.toml": "pyproject.toml.in", "README.md": "README.md.in", ".gitignore": "gitignore.in"}
        files = {path: self._text(f"package/{name}") for path, name in common.items()}
        source = f"src/loa_{self.module}"
        files |= {f"{source}/__init__.py": self._plugin(), f"{source}/py.typed": ""}
        return files | {f"tests/test_{self.module}.py": self._test("@PACKAGE@", "@SINGLE@")}

    def _plugin(self) -> str:
        return self._text(f"{self.kind}/plugin.py.in")

    def _test(self, ours: str, others: str) -> str:
        """Return the test with the lines that are marked as ours, and without the others'."""
        lines = self._text(f"{self.kind}/test.py.in").splitlines(keepends=True)
        return "".join(line.removeprefix(ours) for line in lines if not line.startswith(others))

    def _text(self, name: str) -> str:
        text = (STARTER / name).read_text(encoding="utf-8")
        if "@TABLE@" in text:
            text = text.replace("@TABLE@", self.table)
        if "@LISTS@" in text:
            told = (_LIST.format(file=file, lines=lines) for file, lines in self.lists.items())
            text = text.replace("@LISTS@\n", "\n" + "".join(told))
        for token, value in self._values().items():
            text = text.replace(token, value)
        return text

    def _values(self) -> dict[str, str]:
        return {
            "@NAME@": self.name,
            "@MODULE@": f"loa_{self.module}",
            "@FILE@": self.module,
            "@CLASS@": "".join(part.capitalize() for part in self.name.split("-")),
            "@ENV@": self.module.upper(),
            "@TITLE@": self.title,
            "@CONTRACT@": VERSION,
            "@LOA@": __version__,
        }


def wrong_name(name: str) -> str:
    """Return why ``name`` can be no plugin's, with the nearest that can; "" where it can."""
    near = slug(name).lstrip("0123456789-")[:LONGEST].rstrip("-")
    if not is_id(name) or not name[0].isalpha() or len(name) > LONGEST:
        said = _("{name!r} is no name: lower-case letters, digits and hyphens, a letter first, at most {most}")
    elif keyword.iskeyword(name.replace("-", "_")):
        said, near = _("{name!r} is a word of Python's own"), f"{name}-channel"
    else:
        return ""
    hint = _("did you mean {name!r}?").format(name=near) if near else ""
    return ": ".join(part for part in (said.format(name=name, most=LONGEST), hint) if part)


def wrong_title(title: str) -> str:
    """Return why ``title`` cannot stand in the plugin's texts; "" where it can."""
    if not title.strip() or len(title) > LONGEST or not title.isprintable() or set(title) & set('"\\@'):
        return _("a title is one line of at most {most} characters, without quotation marks").format(most=LONGEST)
    return ""
