"""The façade that every surface talks to: one campaign folder, looked at and acted on."""

from __future__ import annotations

import os
import pwd
import threading
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from scheduler.engine.core import Core
from scheduler.engine.people import STRANGER
from scheduler.engine.snapshot import Snapshot, read_snapshot
from scheduler.engine.views import Views
from scheduler.engine.waking import ring
from scheduler.ground.clock import SystemClock
from scheduler.ground.errors import CampaignInvalid, NotAllowed, NotFound
from scheduler.ground.model import Person
from scheduler.ground.text import _, language
from scheduler.plan.campaign import fingerprint
from scheduler.store import settings
from scheduler.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from scheduler.channels.registry import Registry
    from scheduler.engine.actions import Actions
    from scheduler.engine.editing import Edits
    from scheduler.ground.clock import Clock
    from scheduler.ground.problem import Problem
    from scheduler.plan.campaign import Campaign
    from scheduler.plan.config import Config

DATABASE = "loa.db"


class Engine:
    """A campaign folder with its files as values, its store and its clock, on behalf of one person.

    ``look`` answers questions, ``act`` changes things, ``edit`` the files. It does not run by itself: that is `Runner`.
    """

    def __init__(self, core: Core, person: str | None = None) -> None:
        self.core = core
        self._refreshing = threading.Lock()
        self._language = language()
        self.actor = who(core.snapshot.campaign, person)
        self.look = Views(core)

    @cached_property
    def act(self) -> Actions:
        """What people do; imported when something is done, as most commands only look."""
        from scheduler.engine.actions import Actions

        return Actions(self.core, lambda: self.actor, self.refresh)

    @cached_property
    def edit(self) -> Edits:
        """What people change in the campaign's files; imported when something is changed."""
        from scheduler.engine.editing import Edits

        return Edits(self.core, lambda: self.actor, self.refresh)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        person: str | None = None,
        clock: Clock | None = None,
        var: Path | None = None,
        rehearsal: bool = False,
        ahead: bool = False,
    ) -> Engine:
        """Open the campaign in ``folder``. Raises `LoaError` where config.toml or the database cannot be read.

        One that is opened ``ahead`` of its plugins knows of the channels what the database does; before more is asked
        of it than how things stand, `equip` it. Where the database knows too little for that, it is equipped at once.
        """
        folder, place = folder.resolve(), var or folder.resolve() / "var"
        store = cache(partial(Store, place / DATABASE))
        snapshot = read_snapshot(folder, None, lambda: settings.coverage(store().read()), ahead=ahead)
        core = Core(folder, place, store(), clock or SystemClock(), snapshot, rehearsal)
        core.wake = partial(ring, place)
        core.snapshot = _checked(core, snapshot)
        engine = cls(core, person)
        if not snapshot.whole:
            engine.equip()
        return engine

    @property
    def folder(self) -> Path:
        """The campaign folder."""
        return self.core.folder

    @property
    def var(self) -> Path:
        """What the program makes: ``var/``, or a rehearsal's own folder."""
        return self.core.var

    @property
    def store(self) -> Store:
        """The database."""
        return self.core.store

    @property
    def clock(self) -> Clock:
        """The clock, which a rehearsal steps."""
        return self.core.clock

    @property
    def rehearsal(self) -> bool:
        """Whether nothing leaves the machine and time is simulated."""
        return self.core.rehearsal

    @property
    def snapshot(self) -> Snapshot:
        """The files as last read."""
        return self.core.snapshot

    @property
    def config(self) -> Config:
        """How this folder works."""
        return self.core.snapshot.config

    @property
    def campaign(self) -> Campaign:
        """What is said, and when."""
        return self.core.snapshot.campaign

    @property
    def registry(self) -> Registry:
        """The channels that work here."""
        return self.core.snapshot.registry

    @property
    def equipped(self) -> bool:
        """Whether its plugins have been loaded."""
        return self.core.snapshot.plugins is not None

    def equip(self) -> None:
        """Load the plugins, where that has not been done."""
        if not self.equipped:
            self.refresh()

    def refresh(self) -> bool:
        """Read the files again where they, or the language of the problems, have changed; return whether so.

        Also where a plugin has not looked at all posts, once it may.
        """
        with self._refreshing:
            return self._refresh()

    def _refresh(self) -> bool:
        known = self.core.snapshot
        plugins = known.plugins if self._language == language() else None
        same = plugins is not None and fingerprint(self.folder) == known.fingerprint
        if same and not known.outdated and not _overdue(known):
            return False
        self._language = language()
        try:
            self.core.snapshot = _checked(self.core, read_snapshot(self.folder, plugins, lambda: known.coverage))
        except CampaignInvalid as error:
            self.core.snapshot = known.in_doubt(error.problems, fingerprint(self.folder))
        if known.plugins is not None and known.plugins is not self.core.snapshot.plugins:
            known.plugins.retire()
        return True

    def problems(self) -> list[Problem]:
        """Return all that is wrong with config, plan, content, plugins and the texts as each channel renders them."""
        from scheduler.engine.planning.checking import problems_of

        return problems_of(self.core.snapshot, self.core.clock.now())

    def close(self) -> None:
        """Close the database."""
        self.store.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _checked(core: Core, snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with what plugins find wrong in its posts, where there are such plugins."""
    if snapshot.plugins is None or not snapshot.hooks.names("check_post"):
        return snapshot
    from scheduler.engine.planning.post_checks import checked

    return checked(core, snapshot)


def _overdue(snapshot: Snapshot) -> bool:
    """Return whether plugins may look now at posts that they have not looked at."""
    if not snapshot.hooks.names("check_post"):
        return False
    from scheduler.engine.planning.post_checks import overdue

    return overdue(snapshot)


def who(campaign: Campaign, person: str | None) -> Person:
    """Return the plan's person of that id, or the one that the system user is, or someone without a role.

    Raises `NotFound`, and `NotAllowed` where the person has logins and the system user is not among them.
    """
    user = system_user()
    person = person or os.environ.get("LOA_AS") or None
    people = campaign.plan.people
    if person is None:
        mine = [each for each in people.values() if user in each.logins]
        return mine[0] if mine else Person(id=f"{STRANGER}{user}", name=user)
    if person not in people:
        every = _("people: {names}").format(names=", ".join(people))
        raise NotFound.named(_("there is no person {name!r} in the plan"), person, people, every)
    if people[person].logins and user not in people[person].logins:
        raise NotAllowed(
            _("{person} works as {logins}, and you are {user}").format(
                person=person, logins=", ".join(people[person].logins), user=user
            )
        )
    return people[person]


def system_user() -> str:
    """Return who the system says this is, not what the environment says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
