"""Promises 1 to 8 of DESIGN.md, section 4, against everything that people, files, channels, clocks and crashes may do.

The folder, its files, the database and the engine are real. The clock is stepped, calls are made in this thread, and
the process "dies" by a `Death` that leaves everything as it stands on disk; a new engine then takes over. What really
went out is kept by `World`, outside of all that, which also checks at each call whether it may be made.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from scheduler.engine import engine as engine_module
from scheduler.engine.delivering.executor import Executor
from scheduler.engine.delivering.lane import Lane
from scheduler.engine.delivering.settling import recover
from scheduler.engine.engine import Engine
from scheduler.ground.errors import LoaError
from scheduler.ground.lifecycle import EDITABLE, TRANSITIONS, Event, Hold, State
from scheduler.store import deliveries, messages
from scheduler.store import settings as store_settings
from scheduler.store.store import Store
from tests.campaign import NOON, Folder, both, spelled
from tests.world import NAMES, PLUGIN, SURE, Clock, Death, Inline, MortalStore, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.ground.delivery import Delivery

POSTS = ("mot", "hai", "ba", *(f"bai-{number}" for number in range(4, 13)))
FIRST = POSTS[:3]
TABLE = 'retry = { first = "1m", most = "4m", attempts = 4 }\nbreaker = { failures = 4, pause = "5m" }\n'
BAD = (b"\xff\xfe", b"---\nid: [\n", b"", b"---\nid: NAME\nat: never\n---\n")
CONDUCT = st.sampled_from([
    "temporary", "permanent", "unknown before", "unknown after", "raises before", "raises after", "nonsense", "handed",
    "dies early", "dies before", "dies after", "person revoke", "person hold", "person stop", "person pause",
    "person edit", "person delete", "person cancel", "person disable",
])  # fmt: skip
TROUBLE = ("dies before", "dies after", "dies early", "unknown before", "unknown after", "temporary", "", "")
PEOPLE = (
    "person hold", "person revoke", "person delete", "person edit", "person cancel", "person stop", "person disable",
)  # fmt: skip
post = st.sampled_from(POSTS)
pick = st.integers(0, 40)


class Promises(RuleBasedStateMachine):
    """One campaign of three posts on six channels, and everybody who can do something to it."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="loa-promises-"))
        self.folder = Folder(self.place / "c", required=True)
        self.folder.plugin("world", PLUGIN)
        for name in NAMES:
            self.folder.switch_on(name, TABLE)
        self.clock = Clock(NOON)
        self.world = World(self.clock.now, self.permits)
        self.world.person = self.interrupt
        self.world.taken_back = self.taken_back
        self.files: dict[str, dict[str, Any]] = {}
        self.version = 0
        self.approved: dict[str, dict[str, str]] = {name: {} for name in POSTS}
        self.held_posts: set[str] = set()
        self.held_rows: set[str] = set()
        self.cancelled: set[str] = set()
        self.denied: set[str] = set()
        self.paused: set[str] = set()
        self.stopped = False
        self.intended: set[str] = set()
        self.order: list[str] = list(NAMES)
        self.executors: dict[str, Executor] = {}
        self.doubted_until = 0.0
        self.keys: set[str] = set()
        self.entry = 0
        self.states: dict[int, str] = {}
        self.kept: dict[str, tuple[int, tuple[Any, ...]]] = {}
        setattr(engine_module, "Store", MortalStore)  # noqa: B010
        self.event_at = NOON + timedelta(hours=5)

    @initialize()
    def begin(self) -> None:
        self.folder.event("viec", self.event_at)
        for number, name in enumerate(FIRST):
            self.files[name] = {
                "at": NOON + timedelta(hours=1 + number),
                "repeat": "",
                "event": name == "ba",
                "stem": name,
            }
            self.write(name)
        self.open()
        for name in FIRST:
            self.approve(name)
        self.engine.act.arm()

    def teardown(self) -> None:
        try:
            if self.files:
                self.let_everything_run()
        finally:
            setattr(engine_module, "Store", Store)  # noqa: B010
            with suppress(Exception):
                self.engine.close()
            shutil.rmtree(self.place)

    # --- the engine's process ----------------------------------------------------------------------------------------

    def open(self) -> None:
        heard = self.heartbeat()
        self.engine = Engine.open(self.folder.path, clock=self.clock, person="giam-doc")
        sys.modules["loa_plugins.world"].world = self.world  # type: ignore[attr-defined]
        core = self.core = self.engine.core
        with core.store.write() as connection:
            core.epoch = store_settings.new_epoch(connection, self.clock.now())
        recover(core)
        late = heard is not None and self.clock.now() < heard - timedelta(minutes=1)
        self.doubted_until = self.clock.elapsed() + 300 if late else 0.0
        core.replan = lambda: setattr(self, "asked", True)
        self.asked = False
        self.executors = {}
        self.meet()
        self.engine.act.sync()

    def meet(self) -> None:
        """Bring the executors to the channels that work, as `Workers` does."""
        for name, configured in self.core.snapshot.registry.channels.items():
            if name not in self.executors:
                self.executors[name] = Executor(Lane(self.core, configured))
                self.executors[name].caller = Inline()  # type: ignore[assignment]
            elif self.executors[name].lane.configured is not configured:
                self.executors[name].lane.adopt(configured)

    def heartbeat(self) -> Any:
        if not (self.folder.path / "var" / "loa.db").exists():
            return None
        store = Store(self.folder.path / "var" / "loa.db")
        row = store_settings.last_engine(store.read())
        store.close()
        return row and row.heartbeat_at

    def reopen(self) -> None:
        self.intended.clear()
        self.engine.close()
        self.open()

    def attempt(self, work: Any, *given: Any) -> Any:
        """Do something that the engine may refuse, or that may end in the process's death."""
        try:
            return work(*given)
        except LoaError:
            return None
        except Death:
            self.reopen()
            return None

    def run_all(self) -> None:
        self.intended.clear()
        with self.core.store.write() as connection:
            store_settings.beat(connection, self.core.epoch, self.clock.now())
        self.meet()
        for executor in sorted(self.executors.values(), key=lambda each: self.order.index(each.lane.name)):
            for _ in range(300):
                if executor.step() > self.clock.now():
                    break
            else:
                raise AssertionError(f"{executor.lane.name} never comes to rest")
        if self.asked:
            self.asked = False
            self.engine.act.sync()
            self.meet()

    # --- what may go -------------------------------------------------------------------------------------------------

    def permits(self, channel: str, key: str, text: str) -> str:
        """Return why this call breaks a promise, or "" where it may be made."""
        name, recurrence, _, _, action = key.split("/")
        delivery = f"{name}/{recurrence}/{channel}/noi/{action}"
        if delivery in self.intended:
            return ""
        row = next(each for each in self.rows() if str(each.key) == delivery)
        withdraws = row.key.withdraws
        # What a picture has once been asked to take away, every later picture leaves away, until that is called off.
        carried = withdraws and channel == "picture" and row.attempts > 0 and row.state in EDITABLE
        reasons = {
            "everything had been stopped": self.stopped,
            "its plugin was switched off": self.off,
            f"{channel} was paused": channel in self.paused,
            "its post was held": name in self.held_posts and not withdraws,
            "it was held": delivery in self.held_rows and not carried,
            "it had been cancelled": delivery in self.cancelled,
            f"{text!r} was not approved": not withdraws and text not in self.approved[name].values(),
            "its digest was not approved": not withdraws and row.digest not in self.approved[name],
            "it had been withdrawn": self.taken_back(delivery),
            "the clock could not be trusted": self.clock.elapsed() < self.doubted_until,
            "its time had passed": self.clock.now() > row.expires_at,
            "its time had not come": self.clock.now() < row.due_at and not carried,
            "its intent was not on disk": row.state is not State.SENDING and not carried,
        }
        return next((why for why, holds in reasons.items() if holds), "")

    def taken_back(self, key: str) -> bool:
        """Whether somebody has had it withdrawn, and not called that off."""
        in_vain = (State.FAILED, State.MISSED, State.CANCELLED)
        return any(
            row.key.withdraws and str(row.key.publication) == key and row.state not in in_vain for row in self.rows()
        )

    def interrupt(self, act: str) -> None:
        """A person does something while a call is under way, which goes on with all that shares its intent."""
        self.core.store.left = None  # type: ignore[attr-defined]  # the process does not die in another one's hands
        self.intended |= {
            str(each.key) for each in self.rows() if each.state is State.SENDING and each.key.channel != "many"
        }
        row = next((each for each in self.rows() if each.state is State.SENDING), None)
        name = row.key.post if row else "mot"
        acts: dict[str, Callable[[], object]] = {
            "revoke": lambda: self.revoke(name),
            "hold": lambda: self.hold_post(name),
            "stop": self.stop,
            "pause": lambda: self.pause(row.key.channel if row else "many"),
            "edit": lambda: both(lambda: self.edit(name), self.sync),
            "delete": lambda: both(lambda: self.delete(name), self.sync),
            "cancel": lambda: self.cancel_row(row) if row else None,
            "disable": lambda: self.switch(on=False),
        }
        acts[act]()

    # --- files -------------------------------------------------------------------------------------------------------

    def path(self, name: str) -> Path:
        return self.folder.file(self.files[name]["stem"])

    def write(self, name: str, *, text: str = "") -> None:
        file = self.files[name]
        if text or "text" not in file:
            self.version += 1
            file["text"] = text or f"Bài {name} bản {self.version}."
        when = {"event": "viec", "offset": "-1h"} if file["event"] else {"at": spelled(file["at"])}
        more = {"repeat": file["repeat"]} if file["repeat"] and not file["event"] else {}
        front = {
            "id": name,
            "title": f"Bài {name}",
            "workstream": "chung",
            "channels": f"[{', '.join(NAMES)}]",
            **when,
            **more,
        }
        lines = [f"{key}: {value}" for key, value in front.items()]
        self.path(name).write_text("---\n" + "\n".join(lines) + f"\n---\n{file['text']}\n", encoding="utf-8")
        file["state"] = "there"

    @rule(seed=st.integers(0, 10**9))
    def publish_twice(self, seed: int) -> None:
        """Two posts, and between them people hold and cancel what waits, and somebody edits a text."""
        self.publish(seed)
        self.hold_row(seed)
        self.cancel(seed // 3)
        self.edit_and_approve(FIRST[seed % 3])
        self.sync()
        self.publish(seed)

    @rule(seed=st.integers(0, 10**9))
    def publish(self, seed: int) -> None:
        """A new post comes due (or is written too late), and the channels meet trouble with it, in any order.

        The trouble is drawn from ``seed``, since a draw of its own for each would mostly be the simplest one.
        """
        chance = random.Random(f"{seed} {len(self.files)} {self.world.calls} {self.clock.elapsed()}")
        new = [name for name in POSTS if name not in self.files]
        if not new:
            return
        at = self.clock.now() + timedelta(minutes=chance.choice((5, 5, 5, 5, 5, -30)))
        self.files[new[0]] = {"at": at, "repeat": "", "event": False, "stem": new[0]}
        self.write(new[0])
        self.approve(new[0])
        self.world.conduct = {name: [chance.choice(TROUBLE), chance.choice(TROUBLE)] for name in NAMES}
        if chance.random() < 0.5:
            self.world.conduct[chance.choice(NAMES)].insert(chance.choice((0, 1)), chance.choice(PEOPLE))
        self.order = chance.sample(NAMES, len(NAMES))
        for seconds in (0, 300, 5, 0, 240, 120):
            self.clock.sleep(timedelta(seconds=seconds))
            self.attempt(self.run_all)

    @rule(
        name=post,
        act=st.sampled_from(
            [
                "edit",
                "edit_and_approve",
                "edit_and_approve",
                "rename",
                "delete",
                "spoil",
                "restore_file",
                "restore_file",
            ]
        ),
        content=st.sampled_from(BAD),
        then_sync=st.booleans(),
    )
    def touch_a_file(self, name: str, act: str, content: bytes, then_sync: bool) -> None:
        if act == "spoil":
            self.spoil(name, content)
        else:
            getattr(self, act)(name)
        if then_sync:
            self.sync()

    @rule(
        name=post,
        minutes=st.integers(-90, 400),
        what=st.sampled_from(["post", "event", "recurrence"]),
        rule_text=st.sampled_from(["", "FREQ=DAILY;COUNT=2", "FREQ=DAILY;COUNT=3"]),
        then_approve=st.booleans(),
    )
    def place_anew(self, name: str, minutes: int, what: str, rule_text: str, then_approve: bool) -> None:
        if what == "event":
            self.move_event(abs(minutes))
            name = "ba"
        elif what == "recurrence":
            self.change_recurrence("mot", rule_text)
            name = "mot"
        else:
            self.move(name, minutes)
        if then_approve:
            self.approve(name)

    @rule(name=post, act=st.sampled_from(["approve", "approve", "revoke", "hold_post", "release_post", "release_post"]))
    def decide(self, name: str, act: str) -> None:
        getattr(self, act)(name)

    @rule(
        number=pick,
        act=st.sampled_from(
            ["hold_row", "release_row", "release_row", "cancel", "requeue", "requeue", "confirm", "deny"]
        ),
        minutes=st.sampled_from([None, 0, 30]),
    )
    def handle(self, number: int, act: str, minutes: int | None) -> None:
        if act == "requeue":
            self.requeue(number, minutes)
        elif act in ("confirm", "deny"):
            self.confirm(number, act == "confirm")
        else:
            getattr(self, act)(number)

    @rule(number=pick, outcome=st.sampled_from(["sent", "not-sent", "abandon"]), then_requeue=st.booleans())
    def settle_one(self, number: int, outcome: str, then_requeue: bool) -> None:
        self.try_what_is_not_allowed(number, ("cancel", "hold_delivery", "requeue", "release_delivery")[number % 4])
        self.settle(number, outcome)
        if then_requeue:
            self.requeue(number, 0)
        self.attempt(self.run_all)

    @rule(channel=st.sampled_from(NAMES), minutes=st.sampled_from([1, 30]), everything=st.booleans())
    def block(self, channel: str, minutes: int, everything: bool) -> None:
        if everything:
            self.stop_for_a_while(minutes)
        else:
            self.pause_for_a_while(channel, minutes)

    def edit_and_approve(self, name: str) -> None:
        if name in self.files:
            self.edit(name)
            self.approve(name)

    def edit(self, name: str) -> None:
        if name not in self.files:
            return
        self.version += 1
        self.write(name, text=f"Bài {name} bản {self.version}.")

    def move(self, name: str, minutes: int) -> None:
        if name not in self.files:
            return
        self.files[name]["at"] = self.clock.now() + timedelta(minutes=minutes)
        self.write(name)

    def move_event(self, minutes: int) -> None:
        self.folder.event("viec", self.clock.now() + timedelta(minutes=minutes))

    def change_recurrence(self, name: str, rule_text: str) -> None:
        self.files[name]["repeat"] = rule_text
        self.write(name)

    def rename(self, name: str) -> None:
        if name in self.files and self.path(name).exists():
            old = self.path(name)
            self.version += 1
            self.files[name]["stem"] = f"{name}-{self.version}"
            old.rename(self.path(name))

    def delete(self, name: str) -> None:
        if name not in self.files:
            return
        self.path(name).unlink(missing_ok=True)
        self.files[name]["state"] = "gone"

    def spoil(self, name: str, content: bytes) -> None:
        if name not in self.files:
            return
        self.path(name).write_bytes(content.replace(b"NAME", name.encode()))
        self.files[name]["state"] = "bad"

    def restore_file(self, name: str) -> None:
        if name in self.files:
            self.write(name)

    @rule()
    def sync(self) -> None:
        before = {str(each.key) for each in self.rows() if each.state is State.CANCELLED}
        if self.attempt(self.engine.act.sync) is None or self.clock.elapsed() < self.doubted_until:
            return
        digests = self.core.snapshot.digests
        for row in self.rows():
            name, key = row.key.post, str(row.key)
            file = self.files[name]
            if row.key.withdraws:
                assert row.holds <= {Hold.OPERATOR}, f"{key} waits for {row.holds}"
                continue
            ready = row.state in (State.SCHEDULED, State.RETRYING) and self.clock.now() <= row.expires_at
            assert not ready or not self.off, f"{key} is {row.state} and its plugin is switched off"
            assert not ready or file["state"] == "there", f"{key} is {row.state} and its file is {file['state']}"
            assert not ready or row.digest == digests[name], f"{key} is {row.state} with an old text"
            assert not ready or name not in self.held_posts, f"{key} is {row.state} and its post is held"
            assert not ready or row.digest in self.approved[name], f"{key} is {row.state} and not approved"
            if file["state"] == "bad" and file.get("synced") == file["stem"]:
                assert row.state is not State.CANCELLED or key in before, (
                    f"{key} was cancelled for a file that is there"
                )
        for file in self.files.values():
            file["synced"] = file["stem"] if file["state"] != "gone" else None

    # --- people ------------------------------------------------------------------------------------------------------

    def approve(self, name: str) -> None:
        if name not in self.files:
            return
        text, sound = str(self.files[name].get("text")), self.files[name]["state"] == "there"
        decision = self.attempt(self.engine.act.approve, name)
        if decision is not None:
            assert sound, "a post that cannot be read was approved"
            self.approved[name][decision.digest] = text

    def revoke(self, name: str) -> None:
        if self.attempt(self.engine.act.revoke, name) is not None:
            self.approved[name].clear()

    def hold_post(self, name: str) -> None:
        if self.attempt(self.engine.act.hold, name) is not None:
            self.held_posts.add(name)

    def release_post(self, name: str) -> None:
        if self.attempt(self.engine.act.release, name) is not None:
            self.held_posts.discard(name)

    def row(self, number: int, *states: State) -> Delivery | None:
        found = [each for each in self.rows() if each.state in states]
        return found[number % len(found)] if found else None

    def hold_row(self, number: int) -> None:
        row = self.row(number, *EDITABLE)
        if row and self.attempt(self.engine.act.hold_delivery, row.id):
            self.held_rows.add(str(row.key))

    def release_row(self, number: int) -> None:
        row = self.row(number, State.HELD)
        if row and self.attempt(self.engine.act.release_delivery, row.id):
            self.held_rows.discard(str(row.key))

    def cancel_row(self, row: Delivery) -> None:
        after = self.attempt(self.engine.act.cancel, row.id, "thôi")
        if after is not None:
            self.cancelled.add(str(row.key))
            self.held_rows.discard(str(row.key))

    def cancel(self, number: int) -> None:
        row = self.row(number, *EDITABLE)
        if row:
            self.cancel_row(row)

    def requeue(self, number: int, minutes: int | None) -> None:
        row = self.row(number, State.FAILED, State.MISSED, State.CANCELLED)
        if row is None:
            return
        at = None if minutes is None else self.clock.now() + timedelta(minutes=minutes)
        key = str(row.key)
        was = key in self.cancelled
        self.cancelled.discard(key)
        after = self.attempt(self.engine.act.requeue, row.id, at)
        if after is None:
            self.cancelled |= {key} if was else set()
        else:
            if Hold.OPERATOR not in after.holds:
                self.held_rows.discard(key)  # it had been missed in the meantime, and a person wants it out
            self.denied.discard(key)
            self.world.forgive(key)

    def settle(self, number: int, outcome: Any) -> None:
        row = self.row(number, State.UNKNOWN)
        if row and self.attempt(self.engine.act.settle, row.id, outcome, "đã hỏi") is not None:
            if outcome == "not-sent":
                self.world.forgive(str(row.key))
            elif outcome == "abandon":
                self.denied.add(str(row.key))

    @rule(number=pick, seed=st.integers(0, 10**9))
    def withdraw_in_trouble(self, number: int, seed: int) -> None:
        """Somebody takes back what has gone out, of one channel or of a whole occurrence, and nothing goes well."""
        chance = random.Random(f"{seed} {self.world.calls} {self.clock.elapsed()}")
        if not self.row(number, State.SENT, State.HANDED):
            self.publish(seed)
        self.withdraw(number, occurrence=chance.random() < 0.7)
        self.world.conduct = {name: [chance.choice(TROUBLE), chance.choice(TROUBLE)] for name in NAMES}
        if chance.random() < 0.3:
            self.world.conduct[chance.choice(NAMES)].insert(0, chance.choice(PEOPLE))
        for seconds in (0, 300, 5, 240):
            self.clock.sleep(timedelta(seconds=seconds))
            self.attempt(self.run_all)

    def withdraw(self, number: int, *, occurrence: bool) -> None:
        row = self.row(number, State.SENT, State.HANDED)
        if row is None:
            return
        if occurrence:
            found = self.attempt(self.engine.act.withdraw, row.key.post, "sai", row.key.recurrence)
            made = found.made if found else ()
            stopped = [each for each in found.stopped if each.state in EDITABLE] if found else []
            self.cancelled |= {str(each.key) for each in stopped}
            self.held_rows -= {str(each.key) for each in stopped}
        else:
            one = self.attempt(self.engine.act.withdraw_delivery, row.id, "sai")
            made = (one,) if one else ()
        for each in made:
            for known in (self.cancelled, self.denied, self.held_rows):
                known.discard(str(each.key))
            self.world.forgive(str(each.key))

    def confirm(self, number: int, yes: bool) -> None:
        row = self.row(number, State.HANDED)
        if row and self.attempt(self.engine.act.confirm if yes else self.engine.act.deny, row.id, "đã xem") and not yes:
            self.denied.add(str(row.key))

    def try_what_is_not_allowed(self, number: int, act: str) -> None:
        row = self.row(number, State.UNKNOWN, State.SENT, State.HANDED)
        if row is not None:
            with pytest.raises(LoaError):
                getattr(self.engine.act, act)(row.id)

    def pause_for_a_while(self, channel: str, minutes: int) -> None:
        self.pause(channel)
        self.advance_and_run(minutes)
        self.resume(channel)

    def pause(self, channel: str) -> None:
        if self.attempt(self._done, self.engine.act.pause, channel):
            self.paused.add(channel)

    def resume(self, channel: str) -> None:
        if self.attempt(self._done, self.engine.act.resume, channel):
            self.paused.discard(channel)

    def stop_for_a_while(self, minutes: int) -> None:
        self.stop()
        self.restart()
        self.advance_and_run(minutes)
        self.lift()

    def stop(self) -> None:
        if self.attempt(self._done, self.engine.act.stop):
            self.stopped = True

    @precondition(lambda self: self.stopped)
    @rule()
    def lift(self) -> None:
        if self.attempt(self._done, self.engine.act.lift):
            self.stopped = False

    @rule(minutes=st.sampled_from([0, 1, 30]), at_once=st.booleans(), number=pick)
    def switch_off_for_a_while(self, minutes: int, at_once: bool, number: int) -> None:
        """Somebody switches the plugin off and, at once or after the engine has met that, on again."""
        self.switch(on=False)
        self.handle(number, ("hold_row", "release_row", "cancel", "requeue")[number % 4], None)
        if not at_once:
            self.advance_and_run(minutes)
        self.switch(on=True)

    @rule(seed=st.integers(0, 10**9))
    def publish_and_switch_off(self, seed: int) -> None:
        """While a new post goes out on every channel, the plugin goes, and comes back later or not yet."""
        new = [name for name in POSTS if name not in self.files]
        self.world.conduct = {}
        if new:
            at = self.clock.now() + timedelta(minutes=5)
            self.files[new[0]] = {"at": at, "repeat": "", "event": False, "stem": new[0]}
            self.write(new[0])
            self.approve(new[0])
            self.sync()
        chance = random.Random(f"{seed} {len(self.files)} {self.clock.elapsed()}")
        self.order = chance.sample(NAMES, len(NAMES))
        for name in chance.sample(NAMES, 2):
            self.world.conduct[name] = ["person disable", chance.choice(TROUBLE), chance.choice(TROUBLE)]
        self.advance_and_run(5)
        self.switch(on=chance.random() < 0.8)
        self.advance_and_run(chance.choice((0, 1, 5)))

    def switch(self, *, on: bool) -> None:
        self.attempt(lambda: self.engine.edit.switch_plugin("world", on=on))

    @property
    def off(self) -> bool:
        """Whether config.toml has the plugin switched off."""
        return "enabled = false" in (self.folder.path / "config.toml").read_text("utf-8")

    @precondition(lambda self: self.files and self.off)
    @rule()
    def switch_on(self) -> None:
        self.switch(on=True)

    @staticmethod
    def _done(act: Any, *given: Any) -> bool:
        act(*given)
        return True

    # --- the world, time, and death ----------------------------------------------------------------------------------

    @precondition(lambda self: self.paused)
    @rule()
    def resume_all(self) -> None:
        for channel in sorted(self.paused):
            self.resume(channel)

    @rule(channel=st.sampled_from(NAMES), conduct=st.lists(CONDUCT, min_size=1, max_size=3))
    def misbehave(self, channel: str, conduct: list[str]) -> None:
        self.world.conduct[channel] = conduct

    @rule(channel=st.sampled_from(["asks", "staged", "many"]))
    def look_up_in_vain(self, channel: str) -> None:
        self.world.conduct[f"{channel} look"] = ["cannot tell"] * 3

    @rule(minutes=st.sampled_from([0, 1, 3, 10, 30, 60, 120, 300]))
    def advance_and_run(self, minutes: int) -> None:
        self.clock.sleep(timedelta(minutes=minutes))
        self.attempt(self.run_all)

    def run_now(self) -> None:
        self.attempt(self.run_all)

    @rule(write=st.integers(1, 12), committed=st.booleans(), minutes=st.sampled_from([0, 60, 120]))
    def die_at_a_write(self, write: int, committed: bool, minutes: int) -> None:
        self.clock.sleep(timedelta(minutes=minutes))
        self.core.store.left, self.core.store.committed = write, committed  # type: ignore[attr-defined]
        self.attempt(self.run_all)
        self.core.store.left = None  # type: ignore[attr-defined]

    def restart(self) -> None:
        self.reopen()

    @rule(minutes=st.sampled_from([-180, -30, -2, 2, 30, 180]))
    def step_the_clock(self, minutes: int) -> None:
        self.clock.wrong += timedelta(minutes=minutes)
        assert self.core.clockwatch.trouble()
        self.doubted_until = self.clock.elapsed() + 300
        expired = self.expiries()
        self.attempt(self.run_all)
        self.attempt(self.engine.act.sync)
        assert self.expiries() == expired, "something was let go on a clock that nobody can trust"

    # --- what holds at every moment ----------------------------------------------------------------------------------

    def rows(self) -> list[Delivery]:
        return self.engine.look.deliveries()

    def expiries(self) -> int:
        sql = "SELECT count(*) FROM event WHERE state = 'missed' AND actor IN ('engine', 'planner')"
        return int(self.core.store.read().execute(sql).fetchone()[0])

    @invariant()
    def the_promises(self) -> None:
        self.nothing_was_called_that_must_not_be()
        if self.files:
            self.nothing_vanishes_and_what_is_over_stays_as_it_was()
            self.the_journal_tells_the_whole_story()

    def nothing_was_called_that_must_not_be(self) -> None:
        assert not self.world.broken, self.world.broken

    def nothing_vanishes_and_what_is_over_stays_as_it_was(self) -> None:
        rows = {str(each.key): each for each in self.rows()}
        assert rows.keys() >= self.keys
        self.keys |= rows.keys()
        number = dict(
            self.core.store.read().execute("SELECT delivery, count(*) FROM event GROUP BY delivery").fetchall()
        )
        for key, row in rows.items():
            snapshot = (row.digest, row.due_at, row.publish_at, row.title, row.variant, row.payload, row.round)
            past = self.kept.get(key)
            if past and past[0] == number[row.id]:
                assert past[1] == snapshot, f"{key} changed without a line in the journal"
            over = row.state not in EDITABLE and row.state is not State.CANCELLED
            self.kept[key] = (number[row.id] if over else -1, snapshot)
            stops = row.key.channel == "many" and row.state is State.RETRYING  # it died while the rest was stopped
            taken = (State.CANCELLED, State.SENDING, State.SENT, State.UNKNOWN, State.FAILED)
            assert stops or key not in self.cancelled or row.state in taken, key

    def the_journal_tells_the_whole_story(self) -> None:
        connection = self.core.store.read()
        new = connection.execute(
            "SELECT e.id, e.at, e.delivery, e.event, e.state, d.due_at FROM event e"
            " JOIN delivery d ON d.id = e.delivery WHERE e.id > ? AND e.state <> '' ORDER BY e.id", (self.entry,)
        ).fetchall()  # fmt: skip
        for identity, at, delivery, event, state, due_at in new:
            before = self.states.get(delivery)
            if before is None:
                assert event == "plan"
                first_and_only = self.core.store.read().execute(
                    "SELECT count(*) FROM event WHERE delivery = ?", (delivery,)
                ).fetchone() == (1,)  # fmt: skip
                assert not first_and_only or (due_at < at) == (state == "missed"), (
                    "planned after its time, yet not missed"
                )
            else:
                assert State(state) in TRANSITIONS[State(before), Event(event)], (before, event, state)
            self.states[delivery] = state
            self.entry = identity
        standing = dict(connection.execute("SELECT id, state FROM delivery").fetchall())
        assert standing == self.states

    # --- and in the end ----------------------------------------------------------------------------------------------

    def let_everything_run(self) -> None:
        """With a healthy world and nobody in the way, everything comes to where it belongs."""
        self.world.conduct.clear()
        if self.core.store.left is not None:  # type: ignore[attr-defined]
            self.core.store.left = None  # type: ignore[attr-defined]
        self.lift()
        self.switch(on=True)
        for channel in NAMES:
            self.resume(channel)
        self.clock.sleep(timedelta(minutes=10))
        self.sync()
        for _ in range(200):
            self.run_all()
            wakes = [deliveries.next_wake(self.core.store.read(), name) for name in NAMES]
            upcoming = [each for each in wakes if each]
            if not upcoming:
                break
            self.clock.advance(max(min(upcoming), self.clock.now() + timedelta(minutes=1)))
        self.nothing_was_called_that_must_not_be()
        self.the_journal_tells_the_whole_story()
        assert self.core.store.problems() == []
        for row in self.rows():
            self.assert_at_rest(row)

    def assert_at_rest(self, row: Delivery) -> None:
        key, name, channel = str(row.key), row.key.post, row.key.channel
        assert row.state not in (State.SCHEDULED, State.SENDING, State.RETRYING), (key, row.state, row.reason)
        if row.state is State.UNKNOWN:
            assert channel == "once" or row.next_at is None, (key, row.reason)
        if row.state is State.HELD:
            held = {
                Hold.OPERATOR: key in self.held_rows or deliveries.taken_back(self.core.store.read(), row.key),
                Hold.POST: name in self.held_posts,
                Hold.INVALID: self.files[name]["state"] != "there",
                Hold.APPROVAL: self.core.snapshot.digests.get(name) not in self.approved[name],
                Hold.LATE: channel == "asks",
            }
            assert all(held[each] for each in row.holds), (key, row.holds)
        went = [each for each in self.world.effects if each.key == key]
        if channel == "many":
            for each in messages.in_state(self.core.store.read(), row.id, State.SENT):
                one = f"{name}/{row.key.recurrence}/many/{each.address}/{row.key.action}"
                told = (each.receipt or {}).get("id") == ""
                assert told or any(effect.key == one for effect in self.world.effects), f"{one} never went"
        elif row.state is State.SENT and row.actor == "engine":
            assert went, f"{key} is sent and never went"
        if went and not went[-1].spent and key not in self.world.doubts and channel != "picture":
            known = row.state in (State.SENT, State.HANDED, State.UNKNOWN)
            assert known or key in self.denied or channel in SURE, f"{key} went and is {row.state}"


def play(examples: int, steps: int, *, derandomize: bool) -> None:
    run_state_machine_as_test(
        Promises,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=derandomize,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


def test_promises() -> None:
    play(15, 20, derandomize=True)


@pytest.mark.soak
def test_promises_for_long() -> None:
    play(int(os.environ.get("LOA_SOAK_EXAMPLES", "3000")), 80, derandomize=False)
