"""What a broken file is, and the good campaign that it is put into."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scheduler.ground.problem import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.ground.problem import Problem

ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE

CONFIG = """\
zone = "Asia/Ho_Chi_Minh"
language = "vi"

[channels.radio]
lead = "2d"
late = "ask"

[[channels.radio.targets]]
name = "dai-tinh"

[[channels.radio.targets]]
name = "dai-bac-ai"
areas = ["bac-ai"]

[channels.sms]
rate = "60/min"

[[channels.sms.targets]]
name = "danh-sach"
audiences = ["phi-chinh-thuc"]
list = "contacts/danh-sach.csv"
"""

PLAN = """\
id = "bhxh-2021"
title = "Kế hoạch"
year = 2021
theme = "Bảo hiểm xã hội cho tất cả mọi người"
language = "vi"

[languages]
vi = "Tiếng Việt"
cjm = "Tiếng Chăm"

[[workstreams]]
id = "thu-hut"
title = "Thu hút"
from = 2021-05-01
to = 2021-06-30

[[audiences]]
id = "nguoi-lao-dong"
title = "Người lao động"
parts = [
  { id = "chinh-thuc", title = "Chính thức" },
  { id = "phi-chinh-thuc", title = "Phi chính thức", slogan = "Tuổi già vẫn có lương hưu" },
]

[[areas]]
id = "ninh-son"
title = "Huyện Ninh Sơn"

[[areas]]
id = "bac-ai"
title = "Huyện Bác Ái"
languages = ["vi", "cjm"]
to = 2021-05-31

[[units]]
id = "phong-ld"
title = "Phòng Lao động"

[[people]]
id = "dung"
name = "Mỹ Dung"
unit = "phong-ld"
roles = ["draft"]

[[facts]]
id = "ho-tro"
text = "Nhà nước hỗ trợ."
from = 2021-01-01
to = 2021-05-31
"""

GOOD_POST = """\
---
id: tot
title: Bài tốt
workstream: thu-hut
audiences: [nguoi-lao-dong]
channels: [radio, sms]
at: 2021-05-04 08:00
---
{{ plan.theme }}.

::: sms
Bao hiem xa hoi.
:::
"""

GOOD_EVENT = """\
---
id: ra-quan
title: Lễ ra quân
workstream: thu-hut
start: 2021-05-12 07:30
---
"""


@dataclass(frozen=True)
class Want:
    """A problem that must be reported, to the letter save for the parts of its sentence."""

    line: int | None
    key: str
    message: str
    hint: str = ""
    severity: Severity = ERROR
    file: str = ""

    def matches(self, problem: Problem) -> bool:
        return (
            (problem.file, problem.line, problem.key, problem.severity)
            == (self.file, self.line, self.key, self.severity)
            and self.message in problem.message
            and (self.hint in problem.hint if self.hint else not problem.hint)
        )


@dataclass(frozen=True)
class Case:
    """One broken file: where it is, its bytes, what is reported, and what becomes of its id.

    ``id`` is the id that must be in `Campaign.invalid`; "" where the path must be in `Campaign.unreadable`, and
    ``None`` where nothing is held back (a notice, a warning, an event).
    """

    name: str
    file: str
    data: bytes
    wants: tuple[Want, ...]
    id: str | None = None

    def __post_init__(self) -> None:
        wants = tuple(replace(want, file=want.file or self.file) for want in self.wants)
        object.__setattr__(self, "wants", wants)


def good_campaign(folder: Path) -> Path:
    """Write the good campaign into ``folder``."""
    for file, text in (
        ("config.toml", CONFIG),
        ("content/plan.toml", PLAN),
        ("content/posts/tot.md", GOOD_POST),
        ("content/events/ra-quan.md", GOOD_EVENT),
    ):
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    media = folder / "content/media"
    media.mkdir()
    (media / "the.png").write_bytes(b"\x89PNG")
    return folder


def put(folder: Path, case: Case) -> None:
    """Write the broken file into ``folder``."""
    path = folder / case.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(case.data)
