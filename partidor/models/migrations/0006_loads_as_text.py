from django.db import migrations

AT_ONCE = 500


def write_as_text(apps, schema_editor):
    """Write the loads that a decision keeps as one text instead of a list of numbers."""
    decisions = apps.get_model("partidor", "Decision").objects
    changed = []
    for one in decisions.only("record").iterator(AT_ONCE):
        loads = one.record["live"].get("loads")
        if isinstance(loads, list):
            one.record["live"]["loads"] = " ".join(map(str, loads))
            changed.append(one)
        if len(changed) >= AT_ONCE:
            decisions.bulk_update(changed, ["record"])
            changed.clear()
    decisions.bulk_update(changed, ["record"])


class Migration(migrations.Migration):
    dependencies = [
        ("partidor", "0005_offer_accepted_at"),
    ]

    operations = [
        migrations.RunPython(write_as_text, migrations.RunPython.noop),
    ]
