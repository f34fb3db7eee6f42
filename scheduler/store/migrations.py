"""The schema, step by step. A step that has been released is never edited; a new one is added below it.

CHECK constraints tie times and reasons to states, and a trigger refuses every pair of states that the
lifecycle does not have, so that a mistake anywhere above cannot become a row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("loa")

_WAYS = {
    "held": ("scheduled", "held", "cancelled", "missed", "unknown"),
    "scheduled": ("held", "cancelled", "missed", "unknown", "sending", "failed"),
    "retrying": ("held", "cancelled", "missed", "unknown", "sending", "failed"),
    "sending": ("sent", "handed", "retrying", "failed", "unknown"),
    "unknown": ("sent", "handed", "scheduled", "held", "missed", "failed"),
    "handed": ("sent", "failed"),
    "sent": (),
    "failed": ("scheduled", "held", "missed"),
    "missed": ("scheduled", "held", "missed"),
    "cancelled": ("scheduled", "held", "missed"),
}
"""The lifecycle as of this schema; a test holds it to `scheduler.ground.lifecycle`."""

_FIRST = """
CREATE TABLE state (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE way (
  before TEXT NOT NULL REFERENCES state (name), after TEXT NOT NULL REFERENCES state (name), PRIMARY KEY (before, after)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE epoch (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  host TEXT NOT NULL, pid INTEGER NOT NULL,
  started_at TEXT NOT NULL, heartbeat_at TEXT NOT NULL, ended_at TEXT
) STRICT;

CREATE TABLE post (
  id TEXT PRIMARY KEY,
  path TEXT NOT NULL, title TEXT NOT NULL,
  digest TEXT NOT NULL,
  approved_by TEXT,
  valid INTEGER NOT NULL CHECK (valid IN (0, 1)),
  present INTEGER NOT NULL CHECK (present IN (0, 1)),
  signature TEXT NOT NULL DEFAULT '',
  pin_recurrence TEXT, pin_day TEXT,
  held_by TEXT, held_at TEXT, held_reason TEXT,
  CHECK ((pin_recurrence IS NULL) = (pin_day IS NULL)),
  CHECK ((held_by IS NULL) = (held_at IS NULL))
) STRICT;

CREATE TABLE blob (digest TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT;

CREATE TABLE delivery (
  id INTEGER PRIMARY KEY,
  post TEXT NOT NULL, recurrence TEXT NOT NULL, channel TEXT NOT NULL, target TEXT NOT NULL, action TEXT NOT NULL,
  state TEXT NOT NULL REFERENCES state (name),
  holds TEXT NOT NULL DEFAULT '',
  round INTEGER NOT NULL DEFAULT 1 CHECK (round >= 1),
  due_at TEXT NOT NULL CHECK (length(due_at) = 27),
  publish_at TEXT NOT NULL CHECK (length(publish_at) = 27),
  expires_at TEXT NOT NULL CHECK (length(expires_at) = 27),
  late TEXT NOT NULL CHECK (late IN ('send', 'skip', 'ask')),
  wake_at TEXT CHECK (wake_at IS NULL OR length(wake_at) = 27),
  placed_by TEXT NOT NULL DEFAULT 'plan' CHECK (placed_by IN ('plan', 'person')),
  title TEXT NOT NULL, digest TEXT NOT NULL, variant TEXT NOT NULL,
  payload TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  done_at TEXT,
  actor TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '',
  receipt TEXT CHECK (receipt IS NULL OR json_valid(receipt)),
  UNIQUE (post, recurrence, channel, target, action),
  CHECK (state <> 'held' OR holds <> ''),
  CHECK (state IN ('held', 'cancelled') OR holds = ''),
  CHECK (state NOT IN ('scheduled', 'retrying') OR wake_at IS NOT NULL),
  CHECK (wake_at IS NULL OR state = 'scheduled' OR state = 'retrying' OR state = 'unknown'),
  CHECK (state <> 'sending' OR payload IS NOT NULL),
  CHECK ((state = 'sent') = (done_at IS NOT NULL)),
  CHECK (state NOT IN ('sent', 'handed') OR receipt IS NOT NULL)
) STRICT;
CREATE INDEX delivery_wake ON delivery (channel, wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX delivery_state ON delivery (state, channel);
CREATE INDEX delivery_due ON delivery (due_at, id);

CREATE TRIGGER delivery_lifecycle BEFORE UPDATE OF state ON delivery
WHEN NOT EXISTS (SELECT 1 FROM way WHERE before = old.state AND after = new.state)
BEGIN SELECT RAISE(ABORT, 'illegal transition'); END;

CREATE TRIGGER delivery_key BEFORE UPDATE OF post, recurrence, channel, target, action ON delivery
BEGIN SELECT RAISE(ABORT, 'a key never changes'); END;

CREATE TRIGGER delivery_round BEFORE UPDATE OF round ON delivery
WHEN new.round < old.round OR (new.round > old.round AND old.state NOT IN ('failed', 'missed', 'cancelled'))
BEGIN SELECT RAISE(ABORT, 'only a requeue raises the round'); END;

CREATE TABLE attempt (
  id INTEGER PRIMARY KEY,
  delivery INTEGER NOT NULL REFERENCES delivery (id),
  round INTEGER NOT NULL, epoch INTEGER NOT NULL REFERENCES epoch (id),
  payload TEXT NOT NULL, body TEXT NOT NULL,
  idempotent INTEGER NOT NULL CHECK (idempotent IN (0, 1)),
  staged INTEGER NOT NULL CHECK (staged IN (0, 1)),
  no_return INTEGER NOT NULL DEFAULT 0 CHECK (no_return IN (0, 1)),
  checkpoint TEXT CHECK (checkpoint IS NULL OR json_valid(checkpoint)),
  started_at TEXT NOT NULL, ended_at TEXT,
  outcome TEXT, reason TEXT NOT NULL DEFAULT '',
  CHECK ((ended_at IS NULL) = (outcome IS NULL))
) STRICT;
CREATE INDEX attempt_delivery ON attempt (delivery);

CREATE TABLE occasion (
  id INTEGER PRIMARY KEY,
  post TEXT NOT NULL, recurrence TEXT NOT NULL, channel TEXT NOT NULL, action TEXT NOT NULL,
  UNIQUE (post, recurrence, channel, action)
) STRICT;

CREATE TABLE message (
  id INTEGER PRIMARY KEY,
  occasion INTEGER NOT NULL REFERENCES occasion (id),
  delivery INTEGER NOT NULL REFERENCES delivery (id),
  address TEXT NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL CHECK (json_valid(data)),
  state TEXT NOT NULL REFERENCES state (name),
  round INTEGER NOT NULL DEFAULT 1 CHECK (round >= 1),
  attempt INTEGER REFERENCES attempt (id),
  attempts INTEGER NOT NULL DEFAULT 0,
  wake_at TEXT,
  reason TEXT NOT NULL DEFAULT '',
  receipt TEXT CHECK (receipt IS NULL OR json_valid(receipt)),
  UNIQUE (occasion, address),
  CHECK (state <> 'sending' OR attempt IS NOT NULL),
  CHECK (state <> 'sent' OR receipt IS NOT NULL)
) STRICT;
CREATE INDEX message_delivery ON message (delivery, state, wake_at);

CREATE TRIGGER message_lifecycle BEFORE UPDATE OF state ON message
WHEN NOT EXISTS (SELECT 1 FROM way WHERE before = old.state AND after = new.state)
BEGIN SELECT RAISE(ABORT, 'illegal transition'); END;

CREATE TABLE withdrawal (
  delivery INTEGER PRIMARY KEY REFERENCES delivery (id), actor TEXT NOT NULL, reason TEXT NOT NULL
) STRICT;

CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  delivery INTEGER REFERENCES delivery (id),
  subject TEXT NOT NULL DEFAULT '',
  event TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT '',
  actor TEXT NOT NULL, reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX event_delivery ON event (delivery) WHERE delivery IS NOT NULL;

CREATE TABLE observer (name TEXT PRIMARY KEY, cursor INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE channel (
  name TEXT PRIMARY KEY,
  paused_by TEXT, paused_at TEXT, pause_reason TEXT,
  failures INTEGER NOT NULL DEFAULT 0, open_until TEXT,
  last_error TEXT, last_error_at TEXT, last_success_at TEXT,
  CHECK ((paused_by IS NULL) = (paused_at IS NULL))
) STRICT, WITHOUT ROWID;
"""


@migrations()
def first(db: Database) -> None:
    """Lay the ground: posts, deliveries, attempts, messages and the journal."""
    for statement in _statements(_FIRST):
        db.execute(statement)
    for before in _WAYS:
        db.execute("INSERT INTO state VALUES (?)", [before])
    for before, afters in _WAYS.items():
        for after in afters:
            db.execute("INSERT INTO way VALUES (?, ?)", [before, after])


_BATCHES = """
CREATE TABLE batch (
  id INTEGER PRIMARY KEY,
  attempt INTEGER NOT NULL REFERENCES attempt (id),
  started_at TEXT NOT NULL,
  checkpoint TEXT CHECK (checkpoint IS NULL OR json_valid(checkpoint))
) STRICT;
ALTER TABLE message ADD COLUMN batch INTEGER REFERENCES batch (id);
"""


@migrations()
def batches(db: Database) -> None:
    """Keep with each batch of messages when it was called and what it left, since each is asked about by its own."""
    for statement in _statements(_BATCHES):
        db.execute(statement)


@migrations()
def by_publication(db: Database) -> None:
    """Find what is published in a span of days, which is what a calendar shows."""
    db.execute("CREATE INDEX delivery_publish ON delivery (publish_at)")


_HEALTH = """
CREATE TABLE health (
  channel TEXT NOT NULL, target TEXT NOT NULL,
  ok INTEGER NOT NULL CHECK (ok IN (0, 1)), detail TEXT NOT NULL,
  until TEXT CHECK (until IS NULL OR length(until) = 27), at TEXT NOT NULL CHECK (length(at) = 27),
  PRIMARY KEY (channel, target)
) STRICT, WITHOUT ROWID;
"""


@migrations()
def health(db: Database) -> None:
    """Keep what each channel said when it was last asked whether it would work."""
    for statement in _statements(_HEALTH):
        db.execute(statement)


_LISTS = """
CREATE INDEX delivery_list ON delivery (due_at, id, state, channel, post, target, action, title);
CREATE INDEX delivery_title ON delivery (title);
CREATE INDEX delivery_target ON delivery (target);
CREATE INDEX event_gone ON event (at, delivery) WHERE state IN ('sent', 'handed') AND delivery IS NOT NULL;
DROP INDEX delivery_due;
"""


@migrations()
def lists(db: Database) -> None:
    """Let lists be counted, filtered and ordered in an index alone, and what went out be found by when it did."""
    for statement in _statements(_LISTS):
        db.execute(statement)


_EDITS = """
CREATE TABLE edit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL CHECK (length(at) = 27), actor TEXT NOT NULL,
  file TEXT NOT NULL, what TEXT NOT NULL, said TEXT NOT NULL CHECK (json_valid(said)),
  before BLOB, after BLOB,
  written INTEGER NOT NULL CHECK (written IN (0, 1)),
  undone_at TEXT CHECK (undone_at IS NULL OR length(undone_at) = 27),
  CHECK (before IS NOT NULL OR after IS NOT NULL)
) STRICT;
"""


@migrations()
def edits(db: Database) -> None:
    """Keep what was changed in the campaign's files from here, so that it can be undone and done again."""
    for statement in _statements(_EDITS):
        db.execute(statement)


_VERSIONS = """
CREATE TABLE version (
  post TEXT NOT NULL, digest TEXT NOT NULL,
  source TEXT NOT NULL, covered TEXT NOT NULL CHECK (json_valid(covered)),
  "by" TEXT NOT NULL, at TEXT NOT NULL CHECK (length(at) = 27),
  PRIMARY KEY (post, digest)
) STRICT, WITHOUT ROWID;
"""


@migrations()
def approved_versions(db: Database) -> None:
    """Keep each text that was approved, so that a later one can be held beside it."""
    for statement in _statements(_VERSIONS):
        db.execute(statement)


_PACE = """
ALTER TABLE batch ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
CREATE INDEX batch_started ON batch (started_at);
CREATE INDEX attempt_started ON attempt (started_at);
"""


@migrations()
def pace(db: Database) -> None:
    """Let the calls of the last minute or hour be counted, which is what a channel's rate limits."""
    for statement in _statements(_PACE):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    """Split a script at the blank-line or line-end semicolons that close a statement."""
    found, lines = [], []
    for line in script.splitlines():
        lines.append(line)
        body = "\n".join(lines).strip()
        closed = line.rstrip().endswith(";")
        if closed and (not body.startswith("CREATE TRIGGER") or line.rstrip().endswith("END;")):
            found.append(body)
            lines = []
    return found
