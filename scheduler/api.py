"""The door: all that a plugin may import of Loa, and all that stays stable for it."""

from scheduler.channels.channel import (
    Absent,
    BaseChannel,
    Bulk,
    Call,
    CannotTell,
    Channel,
    DeliverContext,
    File,
    Forecast,
    Health,
    Kind,
    LooksUp,
    Message,
    Probes,
    Projection,
    Published,
    Receipt,
    Recipient,
    RenderContext,
    Rendered,
    StandsIn,
)
from scheduler.channels.hookspecs import hookimpl
from scheduler.channels.item import Item, MediaFile, PlanValues
from scheduler.channels.options import Options, Secret
from scheduler.ground.borrowed import borrowed, complaint, system
from scheduler.ground.delivery import Key
from scheduler.ground.errors import (
    ContentChanged,
    LoaError,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
    Verdict,
)
from scheduler.ground.files import replace_file, sync_folder, write_file
from scheduler.ground.lifecycle import Late
from scheduler.ground.model import CampaignEvent, Plan, Target
from scheduler.ground.problem import Problem, Severity, nearest
from scheduler.ground.text import N_, _, language

__all__ = [
    "N_",
    "Absent",
    "BaseChannel",
    "Bulk",
    "Call",
    "CampaignEvent",
    "CannotTell",
    "Channel",
    "ContentChanged",
    "DeliverContext",
    "File",
    "Forecast",
    "Health",
    "Item",
    "Key",
    "Kind",
    "Late",
    "LoaError",
    "LooksUp",
    "MediaFile",
    "Message",
    "Options",
    "OutcomeUnknown",
    "PermanentFailure",
    "Plan",
    "PlanValues",
    "Probes",
    "Problem",
    "Projection",
    "Published",
    "Receipt",
    "Recipient",
    "RenderContext",
    "Rendered",
    "Secret",
    "Severity",
    "StandsIn",
    "Target",
    "TemporaryFailure",
    "Verdict",
    "_",
    "borrowed",
    "complaint",
    "hookimpl",
    "language",
    "nearest",
    "replace_file",
    "sync_folder",
    "system",
    "write_file",
]
