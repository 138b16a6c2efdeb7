"""Rules: change the draft, publish it as a new version, restore an old version into the draft."""

from __future__ import annotations

from datetime import datetime

from partidor.access.network import fields_of, partners_of, ruleset_for, rulesets_of, sources_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.actions.events import telling
from partidor.actions.transactions import in_one_transaction
from partidor.domain.json_text import faults
from partidor.domain.refusal import FieldError, Refusal, WrongContent
from partidor.domain.routing.editing.edits import Edit, edited
from partidor.domain.routing.ruleset import MOST_RULES, Known, Ruleset, RulesRefused, compile_ruleset, refuse_too_large
from partidor.models import RulesetVersion
from partidor.models.ruleset import DRAFT
from partidor.models.vendor import lock_vendor


class DraftChanged(Refusal):
    """Somebody has changed the draft meanwhile; read it again, and send your change with its new ETag."""


class NoRules(Refusal):
    """Rules without a single rule are not published, for every lead would stay unassigned; add a rule first."""


def checked(rules: object, *, by: Viewer) -> Ruleset:
    """Compile rules against what the vendor has; RulesRefused names rule, path and remedy of everything wrong."""
    compiled = compile_ruleset(rules, known=known_to(by))
    refuse_too_large([dict(rule.tree) for rule in compiled.rules])
    return compiled


def known_to(by: Viewer) -> Known:
    """Gather what the vendor has, so that rules about something else are taken with a warning."""
    tags: dict[str, set[str]] = {}
    partners = dict(partners_of(by).filter(archived_at=None).values_list("pk", "tags"))
    for each in partners.values():
        for dimension, values in each.items():
            tags.setdefault(dimension, set()).update(values)
    return Known(
        tags=tags,
        sources=set(sources_of(by).values_list("name", flat=True)),
        partners={str(pk) for pk in partners},
        custom=set(fields_of(by).values_list("key", flat=True)),
        dimensions=vendor_of(by).dimensions,
    )


@in_one_transaction
def change_draft(rules: object, *, if_match: int | None, by: Viewer, at: datetime) -> tuple[RulesetVersion, Ruleset]:
    """Replace the draft; return it with its compiled form (and warnings).

    ``if_match`` is the revision the change was made from, None for "whatever is there".
    Raises RulesRefused, DraftChanged, NotAllowed.
    """
    by.require_vendor("rules:write")
    compiled = checked(rules, by=by)
    lock_vendor(by.vendor_id)
    draft = ruleset_for(by, DRAFT)

    if if_match is not None and if_match != draft.revision:
        raise DraftChanged
    if draft.rules != rules:
        draft.change(rules, by.actor, at)
    return draft, compiled


@in_one_transaction
def edit_draft(edit: Edit, *, if_match: int | None, by: Viewer, at: datetime) -> tuple[RulesetVersion, Edit]:
    """Change one thing in the draft; return it, and the edit that undoes this one.

    Only the rule that is touched is read again: the others were readable before.
    Raises RulesRefused, DraftChanged, NothingThere, LastStep, NotAllowed.
    """
    by.require_vendor("rules:write")
    lock_vendor(by.vendor_id)
    draft = ruleset_for(by, DRAFT)
    if if_match is not None and if_match != draft.revision:
        raise DraftChanged

    done = edited(draft.rules, edit)
    if len(done.rules) > MOST_RULES or edit.do == "all":
        checked(done.rules, by=by)
    elif done.touched is not None:
        try:
            compile_ruleset([done.rules[done.touched]], known=Known(dimensions=vendor_of(by).dimensions))
        except RulesRefused:
            checked(done.rules, by=by)  # says the same with the rule's own number
            raise
        refuse_too_large(done.rules)

    if done.rules != draft.rules:
        draft.change(done.rules, by.actor, at)
    return draft, done.undo


@in_one_transaction
def publish_rules(
    *, note: str = "", if_match: int | None = None, by: Viewer, at: datetime
) -> tuple[RulesetVersion, bool]:
    """Publish the draft as the next version; return it, and whether the draft had been published already.

    New leads follow it from this commit on; plans that run stay with the version they began with.
    ``if_match`` is the revision that was looked at, None for "whatever is there".
    Raises NoRules, RulesRefused, DraftChanged, NotAllowed.
    """
    by.require_vendor("rules:write")
    if len(note) > 1000:
        raise WrongContent([FieldError("note", "must have at most 1,000 characters")])
    if wrong := [FieldError("note", fault) for _, fault in faults(note)]:
        raise WrongContent(wrong)
    vendor = lock_vendor(by.vendor_id)
    draft = ruleset_for(by, DRAFT)
    if if_match is not None and if_match != draft.revision:
        raise DraftChanged
    if not draft.rules:
        raise NoRules
    checked(draft.rules, by=by)
    newest = rulesets_of(by).filter(version=vendor.ruleset_version).first() if vendor.ruleset_version else None
    if newest is not None and newest.rules == draft.rules:
        return newest, True

    version = RulesetVersion.publish(vendor, draft.rules, note, by.actor, at)
    with telling(by, at) as told:
        told.vendor_event("rules.published", version=version.version)
    return version, False


@in_one_transaction
def restore_rules(version: int, *, by: Viewer, at: datetime) -> RulesetVersion:
    """Copy an old version into the draft; publishing stays a step of its own. Raises NotFound, NotAllowed."""
    return reset_draft(version, if_match=None, by=by, at=at)[0]


@in_one_transaction
def reset_draft(version: int, *, if_match: int | None, by: Viewer, at: datetime) -> tuple[RulesetVersion, Edit]:
    """Put a published version in the place of the draft; return it, and the edit that undoes this.

    Raises NotFound, DraftChanged, NotAllowed.
    """
    by.require_vendor("rules:write")
    old = ruleset_for(by, version)
    lock_vendor(by.vendor_id)
    draft = ruleset_for(by, DRAFT)
    if if_match is not None and if_match != draft.revision:
        raise DraftChanged
    undo = Edit("all", value=draft.rules)
    if draft.rules != old.rules:
        draft.change(old.rules, by.actor, at)
    return draft, undo
