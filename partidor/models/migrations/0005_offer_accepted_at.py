from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Coalesce


def fill(apps, schema_editor):
    """Take the answer for the acceptance, or the award where that came later."""
    accepted = apps.get_model("partidor", "Offer").objects.filter(state="accepted")
    accepted.update(accepted_at=Coalesce("answered_at", "opened_at"))
    accepted.filter(award_at__gt=F("accepted_at")).update(accepted_at=F("award_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("partidor", "0004_weekly_pace"),
    ]

    operations = [
        migrations.AddField(
            model_name="offer",
            name="accepted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted_at__isnull", False), ("state", "accepted")),
                    models.Q(models.Q(("state", "accepted"), _negated=True), ("accepted_at__isnull", True)),
                    _connector="OR",
                ),
                name="offer_accepted_at",
            ),
        ),
    ]
