"""The form by which a partner pauses: the same in the console and in the portal."""

from __future__ import annotations

from datetime import datetime, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from partidor.actions.partners import LONGEST_PAUSE


class Pause(forms.Form):
    """From now until the beginning of a day, or until somebody resumes."""

    until = forms.DateField(required=False)
    reason = forms.CharField(required=False, max_length=300, strip=True)

    def __init__(self, *args: object, at: datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.at = at

    def clean_until(self) -> datetime | None:
        """Take the beginning of the day as the viewer's clock has it; it must lie ahead."""
        if (day := self.cleaned_data["until"]) is None:
            return None
        until = datetime.combine(day, time(), timezone.get_current_timezone())
        if not self.at < until <= self.at + LONGEST_PAUSE:
            raise forms.ValidationError(gettext_lazy("Please choose a day from tomorrow on, within two years."))
        return until
