"""The door: all that a plugin may import of Loa, and all that stays stable for it."""

from scheduler.channels.base import BaseChannel
from scheduler.channels.calling import DeliverContext
from scheduler.channels.channel import (
    Absent,
    Bulk,
    Call,
    CannotTell,
    Channel,
    File,
    Forecast,
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
    Sent,
    StandsIn,
    TriesOut,
    Withdraws,
)
from scheduler.channels.hookspecs import hookimpl
from scheduler.channels.host import FeedElement, Host, Panel, PostText, Wording, pass_host
from scheduler.channels.item import Item, MediaFile, PlanValues
from scheduler.channels.options import Options, Secret
from scheduler.channels.showing import Beside, Block, Card, Measure, Passage, Picture, Shows
from scheduler.ground.borrowed import borrowed, complaint, system
from scheduler.ground.delivery import Delivery, Entry, Key
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
from scheduler.ground.model import CampaignEvent, Health, Plan, Target
from scheduler.ground.problem import Problem, Severity, nearest
from scheduler.ground.text import N_, _, language, many

__all__ = [
    "N_",
    "Absent",
    "BaseChannel",
    "Beside",
    "Block",
    "Bulk",
    "Call",
    "CampaignEvent",
    "CannotTell",
    "Card",
    "Channel",
    "ContentChanged",
    "DeliverContext",
    "Delivery",
    "Entry",
    "FeedElement",
    "File",
    "Forecast",
    "Health",
    "Host",
    "Item",
    "Key",
    "Kind",
    "Late",
    "LoaError",
    "LooksUp",
    "Measure",
    "MediaFile",
    "Message",
    "Options",
    "OutcomeUnknown",
    "Panel",
    "Passage",
    "PermanentFailure",
    "Picture",
    "Plan",
    "PlanValues",
    "PostText",
    "Probes",
    "Problem",
    "Projection",
    "Published",
    "Receipt",
    "Recipient",
    "RenderContext",
    "Rendered",
    "Secret",
    "Sent",
    "Severity",
    "Shows",
    "StandsIn",
    "Target",
    "TemporaryFailure",
    "TriesOut",
    "Verdict",
    "Withdraws",
    "Wording",
    "_",
    "borrowed",
    "complaint",
    "hookimpl",
    "language",
    "many",
    "nearest",
    "pass_host",
    "replace_file",
    "sync_folder",
    "system",
    "write_file",
]
