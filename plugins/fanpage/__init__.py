"""A Facebook page: posts with text, link and photos through the Graph API.

Without a page and a token it writes a package that a person pastes, and asks for a confirmation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scheduler.api import (
    Absent,
    BaseChannel,
    Block,
    Call,
    CannotTell,
    Card,
    Channel,
    DeliverContext,
    File,
    Health,
    Item,
    Kind,
    Late,
    Options,
    PermanentFailure,
    Picture,
    Problem,
    Receipt,
    RenderContext,
    Rendered,
    Sent,
    Severity,
    TemporaryFailure,
    Verdict,
    _,
    borrowed,
    hookimpl,
)

from . import package
from .graph import Graph
from .pictures import LARGEST, picture_type
from .posting import Posting, find, first_try
from .settings import FanpageOptions, PageTarget, page_of
from .stand_in import StandIn
from .text import plain

if TYPE_CHECKING:
    import httpx2

loa_contract = "1.0"
LONGEST = 63_206
"""Characters of a post, as Facebook allows them."""
MOST_PHOTOS = 10
SEEN = 477
"""Characters that a reader sees above "See more" in the feed, as it was measured on desktops.

Meta documents none, and phones cut earlier where a post has pictures or many lines.
"""


class Fanpage(BaseChannel[FanpageOptions]):
    """One post per delivery, on the target's page.

    The payload's body is ``{route, page_id, message, link, photos: [{name, alt}], left_out}``, with
    ``route`` either ``page`` (through the API) or ``package`` (to paste); its files are the photos.
    """

    name = "fanpage"
    title = "Fanpage"
    kind = Kind.DIGITAL
    options = FanpageOptions
    target_options: type[Options] = PageTarget
    late = Late.SEND
    grace = timedelta(hours=6)
    settle_after = timedelta(minutes=2)
    withdraws_again = True
    staged = True
    test_to = ""

    def render(self, item: Item, context: RenderContext[FanpageOptions]) -> Rendered:
        """Make text, link and photos. Beside photos a link has no card, so it joins the text."""
        page = page_of(item.target, context.options)
        pictures = [each for each in item.media if each.media_type.startswith("image/")]
        message, link = plain(item.text), item.link
        if link and (pictures or link in message):
            message = message if link in message else f"{message}\n\n{link}".strip()
            link = "" if pictures else link
        body = {
            "route": "page" if page.reachable else "package",
            "page_id": page.id or "",
            "message": message,
            "link": link,
            "photos": [{"name": each.name, "alt": each.alt} for each in pictures],
            "left_out": [each.name for each in item.media if each not in pictures],
        }
        files = tuple(File(each.name, each.media_type, each.read()) for each in pictures)
        figures = {"characters": len(message), "photos": len(files)}
        shown = message if not link or link in message else f"{message}\n\n{link}".strip()
        return Rendered(body, shown, files, figures)

    def check(self, rendered: Rendered, context: RenderContext[FanpageOptions]) -> Iterable[Problem]:
        """Yield what Facebook would refuse, and what it would not show."""
        message, link = rendered.body["message"], rendered.body["link"]
        if len(message) > LONGEST:
            over = _("the text has {length:,} characters; a post takes {most:,}").format(
                length=len(message), most=LONGEST
            )
            yield Problem(over, key="text")
        if not (message or link or rendered.files):
            yield Problem(_("there is nothing to post"), key="text")
        if len(rendered.files) > MOST_PHOTOS:
            many = _("{number} photos; a post takes {most}").format(number=len(rendered.files), most=MOST_PHOTOS)
            yield Problem(many, key="media")
        for photo in rendered.files:
            yield from _photo_problems(photo)
        for name in rendered.body["left_out"]:
            said = _("{name} is no picture and is left out").format(name=name)
            yield Problem(said, key="media", severity=Severity.NOTICE)

    def show(self, item: Item, rendered: Rendered, context: RenderContext[FanpageOptions]) -> Iterable[Block]:
        """Show the post as a card on the page."""
        message, link = rendered.body["message"], rendered.body["link"]
        seen = SEEN if len(message) > SEEN else 0
        photos = tuple(Picture(each["name"], each["alt"]) for each in rendered.body["photos"])
        source = item.target.title or item.target.name
        yield Card(source, item.publish_at, message, seen=seen, media=photos, link=link)

    def idempotent(self, rendered: Rendered, context: RenderContext[FanpageOptions]) -> bool:
        """Say whether it is a package: written twice it is the same folder; a post would be two."""
        return bool(rendered.body["route"] == "package")

    def deliver(self, rendered: Rendered, context: DeliverContext[FanpageOptions]) -> Receipt:
        """Publish it, or write the package. Raises verdicts."""
        if rendered.body["route"] == "page":
            return Posting(_graph(rendered.body["page_id"], context), context, rendered).run()
        try:
            return package.write(rendered, context)
        except OSError as error:
            raise _unwritten(error) from error

    def withdraw(self, sent: Sent, context: DeliverContext[FanpageOptions]) -> Receipt:
        """Take the post off the page; what a person pasted, or may have, that person takes down. Raises verdicts."""
        from . import removing

        if removing.on_the_page(sent) and page_of(context.target, context.options).reachable:
            page = str(page_of(context.target, context.options).id)
            return removing.remove(sent, _graph(page, context))
        try:
            return removing.note(sent, context)
        except OSError as error:
            raise _unwritten(error) from error

    def look_up(self, call: Call, context: DeliverContext[FanpageOptions]) -> Receipt | Absent | CannotTell:
        """Look for the post on the page, or for the package in the folder."""
        if call.rendered.body["route"] != "page":
            return package.standing(call.key, context.out) or Absent()
        checkpoint = call.checkpoint or {}
        if not (call.rendered.body["message"] or checkpoint.get("photos")):
            return CannotTell(_("the post has neither text nor a known photo to find it by"))
        since = first_try(checkpoint, call.started_at)
        try:
            graph = _graph(call.rendered.body["page_id"], context)
            found = find(graph, call.rendered, checkpoint, since, context)
        except Verdict as verdict:
            return CannotTell(str(verdict))
        if found:
            return found
        if context.clock.now() < call.started_at + context.options.settle_after:
            return CannotTell(_("it is not seen yet, and it is too early to say that it is not there"))
        return Absent()

    def probe(self, context: DeliverContext[FanpageOptions]) -> Health:
        """Read the page's name with the token, and until when that is good; without one, say where packages go."""
        page = page_of(context.target, context.options)
        if not page.reachable:
            missing = "token" if page.id else "page_id"
            return Health(
                True,
                _("no {missing}: packages to paste are written to {folder}/").format(
                    missing=missing, folder=context.out.name
                ),
            )
        try:
            graph = _graph(str(page.id), context)
            seen = graph.page()
        except Verdict as verdict:
            return Health(False, str(verdict))
        name = f"{seen.get('name', '')} ({seen.get('id', page.id)})"
        try:
            return Health(True, name, graph.ends())
        except Verdict as verdict:
            return Health(
                True, _("{page}; when its token runs out, Facebook does not say: {why}").format(page=name, why=verdict)
            )

    def try_out(self, text: str, to: str, context: DeliverContext[FanpageOptions]) -> Receipt:
        """Write a post that is not published, and take it away again."""
        page = page_of(context.target, context.options)
        if not page.reachable:
            raise PermanentFailure(_("without a page_id and a token nothing is posted: packages to paste are written"))
        graph = _graph(str(page.id), context)
        post = graph.draft(text)
        try:
            graph.remove(post)
        except Verdict as verdict:
            words = _("the test post {post} stands unpublished on the page and could not be taken away: {why}")
            raise PermanentFailure(words.format(post=post, why=verdict)) from verdict
        return Receipt(post, detail={"removed": True})

    def stand_in(self) -> Callable[[httpx2.Request], httpx2.Response]:
        """Return a page that takes every post, for a rehearsal."""
        return StandIn()


def _unwritten(error: OSError) -> TemporaryFailure:
    return TemporaryFailure(_("the package cannot be written: {error}").format(error=borrowed(str(error))))


def _graph(page_id: str, context: DeliverContext[FanpageOptions]) -> Graph:
    """Open the API for the payload's page. Raises `PermanentFailure` where the token is missing."""
    secret = page_of(context.target, context.options).token
    if secret is None:
        raise PermanentFailure(_("the page's token is no longer in config.toml"))
    root = f"{context.options.api}/{context.options.api_version}"
    try:
        token = context.reveal(secret)
    except Exception as error:  # the reference points at nothing: a person must put it right
        raise PermanentFailure(
            _("the page's token cannot be read: {error}").format(error=borrowed(str(error)))
        ) from error
    return Graph(context.http, root, page_id, token)


def _photo_problems(photo: File) -> Iterator[Problem]:
    if len(photo.data) > LARGEST:
        size = _("{name} has {size:.1f} MB; a photo may have 4 MB").format(
            name=photo.name, size=len(photo.data) / 2**20
        )
        yield Problem(size, key="media")
    if picture_type(photo.data) is None:
        yield Problem(_("{name} is no JPEG, PNG, GIF, BMP or TIFF picture").format(name=photo.name), key="media")


@hookimpl
def register_channels() -> Iterable[Channel[Any]]:
    """Bring the page."""
    return [Fanpage()]
