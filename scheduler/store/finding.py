"""What a query for deliveries means in SQL; all that it asks of stands in one index, so no row is opened in vain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scheduler.ground.letters import bare, folded
from scheduler.ground.lifecycle import State
from scheduler.store.times import to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection
    from typing import Any

    from scheduler.store.deliveries import Query

INDEX = "delivery_list"
BY_STATE = "delivery_state"
FEW = 1000
"""As few deliveries in some states are looked up by their state, and put in order."""
_SORTS = {
    "due": "due_at",
    "state": f"instr({' '.join(State)!r}, state)",
    "channel": "channel",
    "target": "target",
    "action": "action",
    "title": "bare(title)",
}
SORTS = tuple(_SORTS)
"""By what deliveries can be put in order."""


def order(query: Query) -> str:
    """Return what to order by; of what is alike there, the due time decides, and then the number."""
    way = " DESC" if query.newest_first else ""
    first = "" if query.sort == "due" else f"{_SORTS[query.sort]}{way}, "
    return f"{first}due_at{way}, id{way}"


def rare(connection: sqlite3.Connection, states: Collection[State]) -> bool:
    """Return whether few deliveries are in some states; many would have to be sorted."""
    if not states:
        return False
    part, value = _among("state", states)
    some = f"SELECT 1 FROM delivery INDEXED BY {BY_STATE} WHERE {part} LIMIT {FEW + 1}"  # noqa: S608
    return int(connection.execute(f"SELECT count(*) FROM ({some})", [value]).fetchone()[0]) <= FEW  # noqa: S608


def table(connection: sqlite3.Connection, query: Query) -> tuple[str, str, list[Any]]:
    """Return where to look, by which index, the condition, and its values.

    A state leads only where few are in it: the rest would have to be sorted.
    """
    few = rare(connection, query.states)
    index = "" if query.posts or query.ids is not None else f"INDEXED BY {BY_STATE if few else INDEX}"
    parts: list[str] = ["1"]
    values: list[Any] = []
    columns = {
        "state" if few else "+state": query.states,
        "channel": query.channels,
        "target": query.targets,
        "action": query.actions,
        "post": query.posts,
        "id": query.ids,
    }
    for column, wanted in columns.items():
        if wanted is not None and (wanted or column == "id"):
            part, value = _among(column, wanted)
            parts.append(part)
            values.append(value)
    for test, moment in (("due_at >= ?", query.start), ("due_at < ?", query.end)):
        if moment is not None:
            parts.append(test)
            values.append(to_text(moment))
    if query.text:
        part, found = _with_text(connection, query.text)
        parts.append(part)
        values.extend(found)
    return f"delivery {index}", " AND ".join(parts), values


def _with_text(connection: sqlite3.Connection, text: str) -> tuple[str, list[Any]]:
    """Return the condition that ``text`` stands in title, post or target; none where it stands in every one.

    Case does not matter; accents matter where ``text`` has some.
    """
    parts, values = [], []
    for column in ("title", "post", "target"):
        names = _names(connection, column)
        form = bare if bare(text) == folded(text) else folded
        having = [name for name in names if form(text) in form(name)]
        if names and len(having) == len(names):
            return "1", []
        part, value = _among(column, having)
        parts.append(part)
        values.append(value)
    return f"({' OR '.join(parts)})", values


def _among(column: str, wanted: Collection[Any]) -> tuple[str, str]:
    return f"{column} IN (SELECT value FROM json_each(?))", json.dumps(list(wanted), ensure_ascii=False)  # noqa: S608


def _names(connection: sqlite3.Connection, column: str) -> list[str]:
    """Return the values of a column: few stand in very many rows, and an index skips from one to the next."""
    following = f"SELECT min({column}) FROM delivery WHERE {column} > name"  # noqa: S608
    rows = connection.execute(
        f"WITH RECURSIVE each (name) AS (SELECT min({column}) FROM delivery"  # noqa: S608
        f" UNION ALL SELECT ({following}) FROM each WHERE name IS NOT NULL)"
        " SELECT name FROM each WHERE name IS NOT NULL"
    )
    return [name for (name,) in rows]
