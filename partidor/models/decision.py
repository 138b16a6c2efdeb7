"""The record of one routing run: inputs, rule, candidates, and everyone else with the reason why not."""

from __future__ import annotations

from django.db import models

from partidor.models.rows import VendorRow


class Decision(VendorRow):
    """One decision, complete enough to be computed again."""

    lead = models.ForeignKey("partidor.Lead", on_delete=models.PROTECT, related_name="decisions", db_index=False)
    number = models.PositiveIntegerField()
    """Counts the decisions of the lead."""
    at = models.DateTimeField()
    trigger = models.CharField(max_length=12)
    ruleset_version = models.PositiveIntegerField()
    network_version = models.PositiveIntegerField()
    rule_position = models.PositiveIntegerField(null=True)
    record = models.JSONField()

    class Meta:
        db_table = "decision"
        constraints = (models.UniqueConstraint(fields=["lead", "number"], name="decision_number_once"),)

    def __str__(self) -> str:
        return f"decision {self.number} of {self.lead_id}"
