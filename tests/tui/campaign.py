"""A small campaign with one of everything that a screen can show, and how it comes to stand at a moment."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.engine.delivering.payload import pack
from scheduler.engine.engine import Engine
from scheduler.engine.rehearsing.rehearsal import COPY, stand_at
from scheduler.ground.clock import SimulatedClock
from scheduler.ground.delivery import Approval
from scheduler.ground.lifecycle import Event, State
from scheduler.plan.approvals import append_approval
from scheduler.store import attempts, moves, settings
from scheduler.store.deliveries import Query
from scheduler.store.moves import Move

if TYPE_CHECKING:
    from scheduler.ground.clock import Clock
    from scheduler.ground.delivery import Delivery

ROOT = Path(__file__).parents[2]
START = datetime(2021, 5, 6, 17, 0, tzinfo=UTC)
MORNING = datetime(2021, 5, 10, 1, 0, tzinfo=UTC)

CONFIG = """\
zone = "Asia/Ho_Chi_Minh"
language = "vi"

[channels.radio]
lead = "1d"
late = "ask"

[[channels.radio.targets]]
name = "dai-tinh"
title = "Đài tỉnh"
slot = "3m"

[[channels.radio.targets]]
name = "dai-huyen"
title = "Đài huyện"
slot = "2m"

[channels.fanpage]
grace = "6h"

[[channels.fanpage.targets]]
name = "trang-so"
title = "Fanpage Sở"

[channels.rss]
grace = "7d"
site = "https://example.org/ninh-thuan/"
title = "Bản tin"

[[channels.rss.targets]]
name = "ban-tin"
title = "Bản tin của chiến dịch"

[channels.sms]
grace = "2h"
sender = "LDTBXH NT"
price_per_part = 300
spool = "var/spool/gammu"

[[channels.sms.targets]]
name = "phi-chinh-thuc"
title = "Lao động phi chính thức"
list = "contacts/phi-chinh-thuc.csv"
"""

PLAN = """\
id = "nho"
title = "Chiến dịch nhỏ"
year = 2021
theme = "Bảo hiểm xã hội cho tất cả mọi người"
message = "Bảo hiểm xã hội là đầu tư cho tương lai"
language = "vi"
approval_required = true

[languages]
vi = "Tiếng Việt"

[[workstreams]]
id = "thu-hut"
title = "Thu hút"
from = 2021-05-01
to = 2021-06-30

[[people]]
id = "dung"
name = "Mỹ Dung"
roles = ["draft"]

[[people]]
id = "giam-doc"
name = "Lê Hoàng Sơn"
roles = ["approve"]
"""

POSTS = {
    "mo-dau": ("Mở đầu tháng vận động", "at: 2021-05-08 07:00", "radio, fanpage, rss"),
    "hom-nay": ("Hỏi bảo hiểm xã hội ở đâu", "at: 2021-05-10 09:00", "sms, rss"),
    "toi-nay": ("Góp hôm nay, yên tâm ngày mai", "at: 2021-05-10 17:30", "fanpage, rss"),
    "cho-duyet": ("Mời dự hội nghị đối thoại", "at: 2021-05-12 08:30", "radio, fanpage, rss"),
    "hang-tuan": ("Chuyện kể cuối tuần", 'at: 2021-05-15 17:00\nrepeat: "FREQ=WEEKLY;COUNT=4"', "radio"),
}

TEXT = "Bảo hiểm xã hội tự nguyện: đóng hôm nay, có lương hưu ngày mai."
CONTACTS = "phone,name\n0901234567,Bà Tư\n0912345678,Ông Năm\n"


def small(folder: Path) -> Path:
    """Write the campaign into ``folder``, and approve all but one post."""
    (folder / "content" / "posts").mkdir(parents=True)
    (folder / "content" / "contacts").mkdir()
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    (folder / "content" / "plan.toml").write_text(PLAN, encoding="utf-8")
    (folder / "content" / "contacts" / "phi-chinh-thuc.csv").write_text(CONTACTS, encoding="utf-8")
    for name in POSTS:
        write_post(folder, name)
    approve(folder, *(name for name in POSTS if name != "cho-duyet"))
    return folder


def write_post(
    folder: Path, name: str, text: str = "Bảo hiểm xã hội tự nguyện: đóng hôm nay, có lương hưu ngày mai."
) -> None:
    """Write one post's file."""
    title, placed, channels = POSTS[name]
    head = f'id: {name}\ntitle: "{title}"\nworkstream: thu-hut\nchannels: [{channels}]\n{placed}\n'
    body = f"{text}\n\n::: sms\nBHXH tu nguyen: hoi co quan BHXH huyen.\n:::\n"
    (folder / "content" / "posts" / f"{name}.md").write_text(f"---\n{head}---\n{body}", encoding="utf-8")


def approve(folder: Path, *names: str) -> None:
    """Let the director say yes to some posts as they stand."""
    with Engine.open(folder, person="giam-doc", var=folder / "scratch") as engine:
        digests = {post.post.id: post.digest for post in engine.look.posts()}
    for name in names:
        append_approval(folder, Approval(name, digests[name], "approved", "giam-doc", START, ""))
    shutil.rmtree(folder / "scratch")


def stand(folder: Path, out: Path) -> None:
    """Play the campaign to the morning of 10 May 2021, with one delivery lost and one refused on the way."""
    engine = stand_at(folder, out, START, MORNING, person="giam-doc")
    rows: dict[tuple[str, str, str], Delivery] = {}
    for row in engine.look.deliveries(Query()):
        rows.setdefault((row.key.post, row.key.channel, row.key.target), row)
    lose(engine, rows["hang-tuan", "radio", "dai-huyen"], Event.LOSE, State.UNKNOWN, "the line went dead")
    lose(engine, rows["toi-nay", "rss", "ban-tin"], Event.REFUSE, State.FAILED, "the folder cannot be written")
    engine.close()


def lose(engine: Engine, row: Delivery, event: Event, after: State, reason: str) -> None:
    """Let a call of a delivery begin and end as ``event`` says."""
    previews = {(p.target.channel, p.target.name): p for p in engine.look.preview(row.key.post)}
    rendered = previews[row.key.channel, row.key.target].rendered
    assert rendered is not None
    payload, now = pack(rendered), engine.clock.now()
    with engine.store.write() as connection:
        moves.apply(
            connection,
            [Move(row.id, row.state, Event.INTEND, State.SENDING, "engine", payload=payload.digest, intends=True)],
            now,
        )
        intent = attempts.Intent(row.id, row.round, payload, idempotent=False, staged=False)
        (number,) = attempts.begin(connection, [intent], engine.core.epoch, now)
        attempts.end(connection, [(number, event.value, reason)], now)
        moves.apply(connection, [Move(row.id, State.SENDING, event, after, "engine", reason)], now)


def reopen(
    folder: Path, out: Path, *, person: str = "giam-doc", rehearsal: bool = True, clock: Clock | None = None
) -> Engine:
    """Open what was played before, from a copy of it, and arm that copy as it stands."""
    folder = out / COPY if rehearsal else folder
    engine = Engine.open(folder, person=person, clock=clock or SimulatedClock(MORNING), var=out, rehearsal=rehearsal)
    token = settings.get(engine.store.read(), "armed")
    assert token is not None
    engine.core.arming.seal(token)
    return engine
