"""What holds for every test: the network is off, and Hypothesis is quick unless asked to look longer."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from tests.offline import switch_off

switch_off()

settings.register_profile("quick", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", settings.get_profile("quick"), max_examples=2000)
settings.load_profile(os.environ.get("PARTIDOR_TEST_HYPOTHESIS", "quick"))
