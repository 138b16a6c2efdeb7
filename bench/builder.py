"""The rule builder at its full size: 500 rules with a distance each, 5,000 partners, the last 200 leads beside them."""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from bench import _network
from bench._figures import Figures, Run, middle, percentile, repeated
from bench._stage import databases, stage
from bench.bulk import import_leads

PARTNERS, RULES, LEADS, TIMES = 5_000, 500, 300, 30
QUICK = (60, 12, 20, 2)
MUST, AIM = 300, 150
MEASURED = ("page", "another rule", "part after an edit")


def run(*, quick: bool = False) -> list[Figures]:
    """Measure it on both databases."""
    return [_figures(database, quick) for database in databases(quick=quick)]


def _figures(database: str, quick: bool) -> Figures:
    partners, rules, leads, times = QUICK if quick else (PARTNERS, RULES, LEADS, TIMES)
    with stage(database) as here:
        vendor = here.run(_founded, partners, rules)
        import_leads(here, vendor.slug, leads)
        runs = repeated(lambda: here.run(_measured, vendor, rules, times), quick=quick)
    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[database]
    return Figures(
        title=f"Rule builder: {rules} rules, {partners:,} partners, {name}",
        must=f"under {MUST} ms of CPU time of the server, {AIM} ms wished for",
        reached=all(
            middle(runs, f"{what}, CPU p50 ms") < MUST for what in ("page", "another rule", "part after an edit")
        ),
        runs=runs,
        meaning="From the request to the whole answer inside the server, one at a time, middleware and session "
        f"included. Each rule allows a distance. Beside the rules stands what they take of the last {min(leads, 200)} "
        "leads, whom they reach, what they leave open and what is different from the version in force. “Part” is one "
        "word of one rule saved and everything shown anew; “another rule” opens the next one, whose live counts "
        "are shown without an edit. Judged is the CPU time of the serving process: a busy machine changes "
        "it less.",
    )


def _founded(partners: int, rules: int) -> _network.Founded:
    from partidor.access.viewer import viewer_of_key
    from partidor.actions.rules import change_draft, publish_rules

    made = _network.found(partners=partners, rules=2)
    by = viewer_of_key(made.key, at=_network.START)
    chance = random.Random(9)
    wanted = [_with_distance(rule, chance) for rule in _network.ruleset(chance, rules, None)]
    change_draft(wanted, if_match=None, by=by, at=_network.START)
    publish_rules(by=by, at=_network.START)
    return made


def _with_distance(rule: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    others = [part for part in rule["who"]["all"] if "distance_km" not in part]
    return {**rule, "who": {"all": [*others, {"distance_km": {"lte": chance.choice([150, 250, 500, 2000])}}]}}


def _measured(vendor: _network.Founded, rules: int, times: int) -> Run:
    from django.test import Client
    from django.urls import reverse

    from partidor.models import Membership

    client = Client(headers={"accept-language": "en"})
    client.force_login(Membership.objects.filter(vendor__slug=vendor.slug).select_related("person")[0].person)
    page, word = (reverse(f"console:{name}", args=[vendor.slug, *more]) for name, *more in (("rules",), _WORD))
    part = {"HTTP_HX_REQUEST": "true"}

    def shown(rule: int, **headers: str) -> str:
        answer = client.get(page, {"rule": rule}, **headers)  # type: ignore[arg-type]
        assert answer.status_code == 200
        return str(answer.content.decode())

    def edited(rule: int, was: str) -> str:
        said = dict(re.findall(r'name="(revision|was)" value="(\w*)"', was))
        form = {**said, "rule": rule, "path": "name", "value": f"Rule {rule} {time.monotonic_ns()}"}
        answer = client.post(word, form, **part)  # type: ignore[arg-type]
        assert answer.status_code == 200
        return str(answer.content.decode())

    chance = random.Random(3)
    chosen = [chance.randrange(1, rules + 1) for _ in range(times)]
    _, first = _timed(lambda: shown(1))
    figures = {"first page of a process, ms": 1000 * first.wall}
    figures |= _spread("page", [_timed(lambda rule=rule: shown(rule))[1] for rule in chosen])  # type: ignore[misc]
    figures |= _spread("another rule", [_timed(lambda rule=rule: shown(rule, **part))[1] for rule in chosen])  # type: ignore[misc]
    held, took = shown(chosen[0]), []
    for rule, following in zip(chosen, [*chosen[1:], 1], strict=True):
        took.append(_timed(lambda rule=rule, held=held: edited(rule, held))[1])  # type: ignore[misc]
        held = shown(following)
    return figures | _spread("part after an edit", took)


_WORD = ("rule-edit", "word")


class Took(NamedTuple):
    """Seconds by the clock on the wall, and of this process's CPU (the database server's are not in it)."""

    wall: float
    cpu: float


def _timed(ask: Callable[[], str]) -> tuple[str, Took]:
    wall, cpu = time.perf_counter(), time.process_time()
    answer = ask()
    return answer, Took(time.perf_counter() - wall, time.process_time() - cpu)


def _spread(name: str, took: list[Took]) -> dict[str, float]:
    walls, cpus = [one.wall for one in took], [one.cpu for one in took]
    return {
        f"{name}, p50 ms": percentile(walls, 50),
        f"{name}, p95 ms": percentile(walls, 95),
        f"{name}, CPU p50 ms": percentile(cpus, 50),
    }


if __name__ == "__main__":
    for figures in run(quick="--quick" in sys.argv):
        print(figures.page())
