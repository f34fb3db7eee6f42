"""``loa init``."""

from __future__ import annotations

import shlex
import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli import screen
from scheduler.cli.example import PARTS, documents, example_folder
from scheduler.cli.metavars import Place
from scheduler.cli.shape import command
from scheduler.ground.errors import LoaError
from scheduler.ground.text import _, language

if TYPE_CHECKING:
    from datetime import date

STARTER = Path(__file__).parents[1] / "starter"
IGNORED = "# What the program makes, and personal data.\n/var/\n/content/contacts/\n"
NAMES = {
    "vi": {
        "post.md": "content/posts/bai-dau-tien.md",
        "event.md": "content/events/buoi-noi-chuyen.md",
        "invitation.md": "content/templates/loi-moi.md",
    },
    "en": {
        "post.md": "content/posts/first-post.md",
        "event.md": "content/events/talk.md",
        "invitation.md": "content/templates/invitation.md",
    },
}
LENGTH = timedelta(days=60)
"""How long the starter's workstream is; its event is a week ahead."""


@command("loa init my-campaign", "loa init ninh-thuan-2021 --example")
@click.argument("folder", metavar="DIR", type=Place(file_okay=False, path_type=Path))
@click.option("--example", is_flag=True, help="Copy the campaign of Ninh Thuận, 2021, in place of a first post.")
def init(folder: Path, example: bool) -> None:
    """Make a new campaign folder.

    It gets a config.toml with every common key explained, a plan, one post, one event, one template, and passes
    `loa check`. Nothing that is there already is changed.
    """
    files = _example() if example else _starter()
    taken = [name for name in (".gitignore", *files) if (folder / name).exists()]
    if taken:
        shown = ", ".join(taken[:5]) + (" …" if len(taken) > 5 else "")
        raise LoaError(_("{folder} has these already: {names}; nothing was written").format(folder=folder, names=shown))
    for name, source in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(source, Path):
            shutil.copyfile(source, place)
        else:
            place.write_text(source, encoding="utf-8")
    (folder / ".gitignore").write_text(_ignored(example=example), encoding="utf-8")
    screen.done(_("A campaign folder is ready: {folder}").format(folder=folder))
    if not example:
        import getpass

        name = person(getpass.getuser())
        screen.done(_("It has you as {name}: change that in {file}.").format(name=name, file="content/plan.toml"))
    screen.done(_("The documents are in {folder}.").format(folder=documents()))
    screen.done(_("Next:"))
    for step in (f"cd {shlex.quote(str(folder))}", "loa check", "loa plan", "loa rehearse"):
        screen.done(f"  {step}")


def _ignored(*, example: bool) -> str:
    return IGNORED.replace("/content/contacts/\n", "").replace(", and personal data", "") if example else IGNORED


def _example() -> dict[str, Path | str]:
    """Return the files of the example, by their path in the folder."""
    root = example_folder()
    found: dict[str, Path | str] = {}
    for part in PARTS:
        files = [root / part] if (root / part).is_file() else sorted((root / part).rglob("*"))
        found |= {file.relative_to(root).as_posix(): file for file in files if file.is_file()}
    return found


def _starter() -> dict[str, Path | str]:
    """Return the texts of a first campaign in the language in use, with dates that lie ahead."""
    from scheduler.ground.clock import SystemClock

    spoken = language()
    today = SystemClock().now().astimezone().date()
    places = {"config.toml": "config.toml", "plan.toml": "content/plan.toml", **NAMES[spoken]}
    return {place: _filled(STARTER / spoken / name, today) for name, place in places.items()}


def person(login: str) -> str:
    """Return the full name that the system has for a login; the login where it has none."""
    import pwd

    try:
        return pwd.getpwnam(login).pw_gecos.split(",")[0].replace("&", login.capitalize()).strip() or login
    except KeyError:
        return login


def _filled(file: Path, today: date) -> str:
    import json

    from scheduler.engine.engine import system_user

    login = system_user()
    name = person(login)
    values = {
        "@YEAR@": f"{today.year}",
        "@FROM@": f"{today}",
        "@TO@": f"{today + LENGTH}",
        "@EVENT@": f"{today + timedelta(days=7)}",
        "@LOGIN@": json.dumps(login)[1:-1],
        "@NAME@": json.dumps(name, ensure_ascii=False)[1:-1],
    }
    text = file.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(name, value)
    return text
