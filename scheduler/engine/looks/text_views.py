"""What surfaces may ask of texts that are being written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduler.engine.core import Core
    from scheduler.engine.edits.drafts import Draft
    from scheduler.engine.edits.texts import Original
    from scheduler.ground.problem import Problem
    from scheduler.plan.post_templates import Template


class TextViews:
    """The questions about texts that are being written, and what they can start from."""

    _core: Core

    def original(self, post_id: str) -> Original:
        """Return the file of a post, also of one that cannot be read. Raises `LoaError`."""
        from scheduler.engine.edits.texts import original

        return original(self._core, post_id)

    def as_draft(self, text: str, *, draft: bool) -> str:
        """Return a post's text as a draft, or as a finished one. Raises `CampaignInvalid`; nothing is written."""
        from scheduler.engine.edits.texts import as_draft

        return as_draft(text, draft=draft)

    def draft(self, post_id: str, person: str) -> Draft | None:
        """Return what a person typed of a post and has not saved. Raises `LoaError` where it cannot be read."""
        from scheduler.engine.edits import drafts

        return drafts.find(self._core.var, person, post_id)

    def orphans(self, person: str) -> list[str]:
        """Return the posts that are gone, or have another id now, of which a person has drafts."""
        from scheduler.engine.edits import drafts

        campaign = self._core.snapshot.campaign
        known = {*campaign.posts, *campaign.torn, drafts.NEW_POST}
        return [name for name in drafts.names(self._core.var, person) if name not in known]

    def amiss(self, post_id: str) -> tuple[Problem, ...]:
        """Return the errors of a post's file, then what is wrong or warned of where it goes next, each once.

        ``key`` names the first target that it stands for. Plugin code runs here. Raises `NotFound`.
        """
        from scheduler.engine.planning.coming import amiss

        return amiss(self._core, post_id)

    def templates(self) -> list[Template]:
        """Return what new posts can start from, by name."""
        from scheduler.plan.post_templates import templates

        return templates(self._core.folder)[0]
