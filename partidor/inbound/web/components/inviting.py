"""Inviting, on both faces: what was done, or why not, said beside the form."""

from __future__ import annotations

from django.conf import settings
from django.forms import Form
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from partidor.access.viewer import Viewer
from partidor.actions.people import RoleHeld, invite_person
from partidor.domain.refusal import WrongContent
from partidor.domain.words import ROLE
from partidor.inbound.web.components.doors import Visit
from partidor.inbound.web.components.errors import sentence_of

TAKEN = gettext_noop("was taken away by the vendor; ask there")


def invite_by(form: Form, by: Viewer, visit: Visit) -> str:
    """Invite whom a valid form names; return what to say, or nothing if the form says now what is wrong.

    The name is the one that was typed: the person's own may be another, and nobody learns it from an invitation.
    """
    wanted = form.cleaned_data
    try:
        invited = invite_person(**wanted, by=by, at=visit.at)
    except WrongContent as wrong:
        for error in wrong.errors:
            said = sentence_of(WrongContent([error]))
            if isinstance(error, RoleHeld):
                said = _("Is {role} here already. Take that role away first.").format(role=_(ROLE[error.role]))
            form.add_error(error.field if error.field in form.fields else None, said)
        return ""
    if not invited.mailed:
        said = _("{name} has this role already.") if invited.repeated else _("{name} is in again.")
    elif settings.MAIL is None:
        said = _("{name} is invited. No mails go out here, so please pass it on yourself.")
    else:
        said = _("Invited: a mail with a link is on its way to {name}.")
    return said.format(name=wanted["name"])
