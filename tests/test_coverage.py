"""Whatever is changed in post, plan, event or config: if anything that goes out changes, so does the digest.

Every field of every model is changed in turn, also one that is added later, and the four channels that ship with Loa
render the post anew. Left out is who approved it, which an approval cannot cover.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from scheduler.api import Secret
from scheduler.engine.delivering.prepare import render
from scheduler.engine.snapshot import Snapshot, digest_of, read_snapshot
from scheduler.ground.delivery import Key
from scheduler.ground.lifecycle import Late
from scheduler.ground.model import Area, Fact, Placement, Plan, Post, Target
from scheduler.plan.calendar import occurrences
from scheduler.plan.matching import targets_for
from tests.campaign import NOON, Folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CONFIG = """\
zone = "Asia/Ho_Chi_Minh"

[channels.radio]
contact = "Xin gọi 1900 9068."
programme = "Lao động"
reader = "Kim Hoa"

[[channels.radio.targets]]
name = "dai-tinh"
title = "Đài tỉnh"

[[channels.radio.targets]]
name = "dai-bac-ai"
title = "Đài Bác Ái"
areas = ["bac-ai"]
audiences = ["lao-dong"]
language = "rog"
slot = "3m"
times = ["05:30"]
programme = "Tiếng Raglai"
reader = "Katơr"
contact = "Hỏi trưởng thôn."
confirm = true

[channels.fanpage]
page_id = "12"
token = { env = "LOA_TOKEN" }

[[channels.fanpage.targets]]
name = "trang"

[[channels.fanpage.targets]]
name = "trang-hai"
page_id = "13"

[channels.rss]
site = "https://example.org/tin/"
title = "Bản tin"
description = "Tin của chiến dịch"

[[channels.rss.targets]]
name = "ban-tin"
folder = "khac"

[channels.sms]
sender = "LDTBXH"

[[channels.sms.targets]]
name = "danh-sach"
audiences = ["chinh-thuc"]
list = "contacts/a.csv"
"""
MORE = """
[[audiences]]
id = "lao-dong"
title = "Người lao động"
slogan = "Góp hôm nay"
parts = [{ id = "chinh-thuc", title = "Chính thức", slogan = "Đóng đủ" }, { id = "tu-do", title = "Tự do" }]

[[areas]]
id = "bac-ai"
title = "Bác Ái"

[[facts]]
id = "ho-tro"
text = "Nhà nước hỗ trợ"
source = "Nghị định"
"""
POST = """\
---
id: tin
title: Mời dự {{ event.title }}
summary: Tại {{ event.place }}
workstream: chung
audiences: [lao-dong]
areas: [bac-ai]
channels: [radio, fanpage, rss, sms]
event: ra-quan
offset: -3d
link: https://example.org/a
media: [{file: anh.png, alt: Ảnh}]
facts: [ho-tro]
---
{{ plan.message }}. {{ facts["ho-tro"].text }}. {{ plan.slogans["chinh-thuc"] }}. {{ event.start|weekday }} [a](b.html)

::: radio rog
title: Lời Raglai
Lời cho {{ event.start|date }}.
:::

::: sms
{{ plan.theme }} ngay {{ publish|date }} {{ link }}
:::
"""
PICTURE = b"\x89PNG\r\n\x1a\n"
INSTEAD: Mapping[tuple[type, str], Any] = {
    (Plan, "issued"): date(2021, 5, 27),
    (Plan, "language"): "rog",
    (Plan, "languages"): {"vi": "Tiếng Việt", "rog": "Tiếng Ra-glai"},
    (Post, "late"): Late.SKIP,
    (Post, "grace"): timedelta(hours=1),
    (Post, "channels"): {"radio": (), "sms": ()},
    (Post, "languages"): ("rog",),
    (Placement, "event"): "be-mac",
    (Placement, "at"): datetime(2021, 5, 4, 8),  # noqa: DTZ001
    (Placement, "time"): time(8),
    (Placement, "times"): (time(8), time(9)),
    (Placement, "also"): (datetime(2021, 5, 20, 8),),  # noqa: DTZ001
    (Placement, "skipped"): (date(2021, 5, 12),),
    (Placement, "moved"): (("20210503", datetime(2021, 5, 4, 8)),),  # noqa: DTZ001
    (Placement, "anchor"): "end",
    (Area, "start"): date(2000, 1, 1),
    (Area, "end"): date(2030, 1, 1),
    (Fact, "start"): date(2000, 1, 1),
    (Fact, "end"): date(2030, 1, 1),
    (Target, "language"): "rog",
}
"""What a field becomes that has no value to change, or only some that are valid."""
REPEAT = "Placement.repeat"
PAGE = (Path(__file__).parents[1] / "docs" / "content.md").read_text("utf-8").split("## Approvals")[1]
FIELDS = {"class": "message_class", "except": "skipped"}
"""Keys of the page that a model knows by another name."""
OPTIONS = {
    "page_id": "99",
    "token": Secret(env="LOA_OTHER"),
    "slot": timedelta(minutes=1),
    "dialect": "south",
    "abbreviations": {"Mời": "Rước"},
    "site": "https://example.com/",
    "times": (time(17),),
}


@dataclass
class World:
    """A reading of the folder, and what becomes of its post."""

    snapshot: Snapshot

    @cached_property
    def digest(self) -> str:
        """Return what an approval would name."""
        snapshot = self.snapshot
        coverage = {name: each.coverage() for name, each in snapshot.registry.channels.items()}
        post = snapshot.campaign.posts["tin"]
        return digest_of(post, snapshot.campaign, snapshot.config, coverage)

    @cached_property
    def outcome(self) -> dict[str, Any]:
        """Return every payload of the post by its key, or why there is none."""
        snapshot = self.snapshot
        found: dict[str, Any] = {}
        post, plan = snapshot.campaign.posts["tin"], snapshot.campaign.plan
        far = NOON + timedelta(days=60)
        for occurrence in occurrences(post, snapshot.campaign.events, snapshot.config.zone, far, None):
            for target in targets_for(post, plan, snapshot.registry.targets()):
                key = Key(post.id, occurrence.recurrence, target.channel, target.name)
                configured = snapshot.registry.channels[target.channel]
                try:
                    rendered, _problems = render(snapshot, configured, key, occurrence.publish_at)
                except Exception as error:  # noqa: BLE001 - that it cannot be made is an outcome too
                    found[str(key)] = f"{type(error).__name__}: {error}"
                else:
                    found[str(key)] = (dict(rendered.body), rendered.text, rendered.files, occurrence.publish_at)
        return found

    def with_campaign(self, **changes: Any) -> World:
        """Return the world with other parts of the campaign."""
        return self._fresh(campaign=replace(self.snapshot.campaign, **changes))

    def with_channel(self, name: str, **changes: Any) -> World:
        """Return the world with one channel set up otherwise."""
        registry = self.snapshot.registry
        changed = replace(registry.channels[name], **changes)
        return self._fresh(registry=replace(registry, channels={**registry.channels, name: changed}))

    def with_zone(self, name: str) -> World:
        """Return the world in another time zone."""
        return self._fresh(config=replace(self.snapshot.config, zone=ZoneInfo(name)))

    def _fresh(self, **changes: Any) -> World:
        return World(replace(self.snapshot, **changes, _filled={}, _contexts={}, _targets={}, _plans={}))


def other(value: Any) -> Any:
    """Return a value of the same kind that is not the same."""
    if isinstance(value, bool):
        return not value
    if value is None or isinstance(value, str):
        return f"{value or ''}x"
    if isinstance(value, int):
        return value + 1
    if isinstance(value, datetime | timedelta):
        return value + timedelta(hours=1)
    if isinstance(value, tuple | frozenset):
        return type(value)(list(value)[1:] if value else ["x"])
    if hasattr(value, "items"):
        return dict(list(value.items())[1:]) if value else {"x": "y"}
    raise TypeError(type(value).__name__)


def changed(model: Any) -> Iterator[tuple[str, Any]]:
    """Yield the model with each of its fields changed, by name."""
    for field in dataclasses.fields(model):
        value = getattr(model, field.name)
        if field.name in ("id", "draft") or dataclasses.is_dataclass(value) or hasattr(value, "model_copy"):
            continue  # which it is; of a draft nothing goes out; and what is changed on its own
        new = INSTEAD.get((type(model), field.name))
        yield (
            f"{type(model).__name__}.{field.name}",
            replace(model, **{field.name: other(value) if new is None else new}),
        )


def _with(plan: Plan, table: str, entries: Any) -> Plan:
    return replace(plan, **{table: entries})


def campaigns(world: World) -> Iterator[tuple[str, World]]:
    campaign = world.snapshot.campaign
    plan, post, event = campaign.plan, campaign.posts["tin"], campaign.events["ra-quan"]
    posts = [*changed(post)]
    posts += [(name, replace(post, placement=each)) for name, each in changed(post.placement) if name != REPEAT]
    for index, variant in enumerate(post.variants):
        posts += [
            (f"{name} {index}", replace(post, variants=(*post.variants[:index], each, *post.variants[index + 1 :])))
            for name, each in changed(variant)
        ]
    posts += [(name, replace(post, media=(each,))) for name, each in changed(post.media[0])]
    repeated = Placement(at=datetime(2021, 5, 9, 8), repeat="FREQ=DAILY;COUNT=2")  # noqa: DTZ001
    posts += [(REPEAT, replace(post, placement=repeated))]
    yield from ((name, world.with_campaign(posts={"tin": each})) for name, each in posts)
    plans = [*changed(plan)]
    for name in ("audiences", "areas", "facts"):
        table: dict[str, Any] = dict(getattr(plan, name))
        for key, each in table.items():
            tables: list[tuple[str, dict[str, Any]]] = [(what, {**table, key: new}) for what, new in changed(each)]
            plans += [(what, _with(plan, name, new)) for what, new in tables]
    whole = plan.audiences["lao-dong"]
    part = replace(whole, parts=(replace(whole.parts[0], slogan="Khác"), *whole.parts[1:]))
    plans += [("slogan of a part", replace(plan, audiences={"lao-dong": part}))]
    yield from ((name, world.with_campaign(plan=each)) for name, each in plans)
    yield from (
        (name, world.with_campaign(events={**campaign.events, event.id: each})) for name, each in changed(event)
    )


def channels(world: World) -> Iterator[tuple[str, World]]:
    for name, each in world.snapshot.registry.channels.items():
        for field, value in each.options:
            new = OPTIONS.get(field) or other(value)
            yield f"{name}.{field}", world.with_channel(name, options=each.options.model_copy(update={field: new}))
        for index, target in enumerate(each.targets):
            found = [(what, new) for what, new in changed(target) if what != "Target.channel"]
            for field, value in target.settings:
                new = OPTIONS.get(field) or other(value)
                found.append((field, replace(target, settings=target.settings.model_copy(update={field: new}))))
            for what, new in found:
                rest = (*each.targets[:index], new, *each.targets[index + 1 :])
                yield f"{name}.{target.name} {what}", world.with_channel(name, targets=rest)
        if "token" in type(each.options).model_fields:
            yield (
                f"{name} has no token",
                world.with_channel(name, options=each.options.model_copy(update={"token": None})),
            )
        yield (
            f"{name} reaches one more",
            world.with_channel(name, targets=(*each.targets, replace(each.targets[0], name="them"))),
        )


@cache
def worlds(path: Path) -> tuple[World, dict[str, World]]:
    folder = Folder(path / "campaign")
    (folder.path / "config.toml").write_text(CONFIG, encoding="utf-8")
    folder.plan(MORE)
    plan = folder.path / "content" / "plan.toml"
    text = plan.read_text(encoding="utf-8").replace("theme =", 'message = "Đầu tư cho tương lai"\ntheme =')
    plan.write_text(text.replace('vi = "Tiếng Việt"', 'vi = "Tiếng Việt"\nrog = "Tiếng Raglai"'), encoding="utf-8")
    folder.event("be-mac", NOON + timedelta(days=19))
    folder.event("ra-quan", NOON + timedelta(days=9), place="Quảng trường")
    (folder.path / "content" / "media").mkdir()
    (folder.path / "content" / "media" / "anh.png").write_bytes(PICTURE)
    folder.file().write_text(POST, encoding="utf-8")
    world = World(read_snapshot(folder.path))
    assert [str(each) for each in world.snapshot.problems] == []
    every = {**dict(campaigns(world)), **dict(channels(world)), "zone": world.with_zone("Asia/Tokyo")}
    return world, every


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, dict[str, World]]:
    return worlds(tmp_path_factory.mktemp("coverage"))


def test_nothing_that_goes_out_changes_without_the_digest(made: tuple[World, dict[str, World]]) -> None:
    world, every = made
    digest, outcome = world.digest, world.outcome
    assert not [each for each in outcome.values() if isinstance(each, str)]
    shown = {name: each.outcome != outcome for name, each in every.items()}
    uncovered = [name for name, differs in shown.items() if differs and every[name].digest == digest]
    assert uncovered == []
    assert sum(shown.values()) > 60


@pytest.mark.parametrize(
    "change",
    [
        *("fanpage.api", "fanpage.api_version", "fanpage.settle_after", "fanpage.token"),
        *("rss.folder", "rss.limit", "sms.gateway", "sms.spool", "sms.price_per_part"),
        *("Post.author", "Post.unit", "Post.path", "Plan.people", "Plan.budget", "CampaignEvent.body"),
    ],
)
def test_what_says_only_how_it_works_asks_for_no_new_approval(
    made: tuple[World, dict[str, World]], change: str
) -> None:
    world, every = made
    assert (every[change].digest, every[change].outcome) == (world.digest, world.outcome)


def rows() -> dict[str, str]:
    """Return the table of the page: what is covered, by what it is of."""
    return dict(re.findall(r"^\| ([^|]+) \| (.+) \|$", PAGE, re.MULTILINE)[1:])


def named(text: str, models: tuple[str, ...], only: str = "") -> list[tuple[str, tuple[str, ...]]]:
    """Return each key that the text names, with the changes that may be meant by it."""
    keys = re.findall(r"`(\w+)`", text)
    return [(key, tuple(f"{model}{FIELDS.get(key, key)}" for model in models)) for key in keys if key != only]


COVERED = [
    *named(rows()["the post"], ("Post.",)),
    *named(rows()["its media"], ("Media.",)),
    *named(rows()["its time"], ("Placement.", "")),
    *named(rows()["the targets that it reaches"], ("radio.dai-tinh Target.", "radio.dai-tinh ", "sms.danh-sach ")),
]
NOT_COVERED = named(PAGE.split("Not covered are:")[1].split("`lead`")[0], ("Post.",), only="status")


@pytest.mark.parametrize(("key", "changes"), COVERED)
def test_what_the_page_names_is_covered(
    made: tuple[World, dict[str, World]], key: str, changes: tuple[str, ...]
) -> None:
    world, every = made
    found = [every[each] for each in changes if each in every]
    assert found, key
    assert all(each.digest != world.digest for each in found)


@pytest.mark.parametrize(("key", "changes"), NOT_COVERED)
def test_what_the_page_leaves_out_is_not_covered(
    made: tuple[World, dict[str, World]], key: str, changes: tuple[str, ...]
) -> None:
    world, every = made
    assert every[changes[0]].digest == world.digest, key


def test_the_page_names_every_operational_option_and_what_channels_use(made: tuple[World, dict[str, World]]) -> None:
    world, _every = made
    left_out, used = rows()["its channels"], rows()["the plan"]
    for name, each in world.snapshot.registry.channels.items():
        said = re.search(rf"\*{name}\* (.*?)(?:, of \*|$)", left_out)
        keys = {*re.findall(r"`(\w+)`", said[1]), *(["token"] if "token" in said[1] else [])} if said else set()
        assert keys == each.options.operational, name
        words = re.search(rf"\*{name}\* (.*?)(?:, \*|$)", used)
        values = set(re.findall(r"message|title|languages|id|year", words[1])) if words else set()
        assert values == set(each.channel.uses), name
