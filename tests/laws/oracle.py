"""A naive interpreter of rules as written (JSON): the oracle that the engine is compared with. Slow and plain."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from typing import Any

from partidor.domain.facts import LEAD_FIELDS, Asked, LeadFacts, PartnerFacts
from partidor.domain.routing.network import distance_km

ORDER = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


@dataclass
class World:
    rules: list[dict[str, Any]]
    partners: list[PartnerFacts]
    dimensions: dict[str, list[str]] = field(default_factory=dict)
    paused: set[str] = field(default_factory=set)
    no_hours: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    feedback_due: set[str] = field(default_factory=set)
    loads: dict[str, int] = field(default_factory=dict)
    months: dict[str, int] = field(default_factory=dict)
    weeks: dict[str, int] = field(default_factory=dict)
    ledger: dict[str, list[int]] = field(default_factory=dict)  # partner -> [total debt, hot, warm, cold] in millionths


def low(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def as_list(value: Any) -> list[Any]:
    return [low(one) for one in value] if isinstance(value, (list, tuple)) else [low(value)]


def when(tree: dict[str, Any], lead: LeadFacts) -> bool:
    if "all" in tree:
        return all(when(part, lead) for part in tree["all"])
    if "any" in tree:
        return any(when(part, lead) for part in tree["any"])
    if "not" in tree:
        return not when(tree["not"], lead)
    name, op, wanted = tree["field"], tree["op"], tree.get("value", True)
    found: Any = lead.values.get(name)
    if op == "exists":
        return bool((found not in (None, "", ())) == wanted)
    if op in ("ne", "not_in"):
        return not when({**tree, "op": {"ne": "eq", "not_in": "in"}[op]}, lead)
    if found is None and LEAD_FIELDS.get(name) == "truth":
        found = False
    if found in (None, "", ()) and found is not False:
        return False
    return any(asked(op, one, as_list(wanted), name) for one in as_list(found))


def asked(op: str, found: Any, wanted: list[Any], name: str) -> bool:
    if name.startswith("custom.") and (op in ("eq", "in") or isinstance(wanted[0], str)):
        found, wanted = str(found), [str(one) for one in wanted]
    if op in ("eq", "in"):
        return found in wanted
    if op == "contains":
        return any(found == one if LEAD_FIELDS.get(name) == "list" else one in str(found) for one in wanted)
    if op == "starts_with":
        return any(str(found).startswith(one) for one in wanted)
    if op == "matches_domain":
        host = "." + found.rpartition("@")[2]
        return any(host.endswith("." + one) for one in wanted)
    if isinstance(wanted[0], str) != isinstance(found, str):
        return False
    return bool(wanted[0] <= found <= wanted[1] if op == "between" else ORDER[op](found, wanted[0]))


def who(tree: dict[str, Any], partner: PartnerFacts, lead: LeadFacts, world: World) -> bool:
    if "all" in tree:
        return all(who(part, partner, lead, world) for part in tree["all"])
    if "any" in tree:
        return any(who(part, partner, lead, world) for part in tree["any"])
    if "not" in tree:
        return not who(tree["not"], partner, lead, world)
    if "tag" in tree:
        has = set(as_list(partner.tags.get(tree["tag"], ())))
        wanted = as_list(lead.values.get(tree["field"])) if tree["op"] == "matches" else as_list(tree["value"])
        if tree["op"] == "at_least":
            order = as_list(world.dimensions.get(tree["tag"], ()))
            return any(one in order and wanted[0] in order[: order.index(one) + 1] for one in has)
        return {"not_in": not has & set(wanted), "all_of": set(wanted) <= has}.get(tree["op"], bool(has & set(wanted)))
    if "distance_km" in tree:
        return None not in (partner.point, lead.point) and km(partner, lead) <= tree["distance_km"]["lte"]
    if "customer_of" in tree:
        return partner.id in lead.customer_of
    if tree.get("country") == {"matches": "country"}:
        return bool(partner.country) and low(partner.country) == low(lead.values.get("country"))
    (what, question), *_ = tree.items()
    own = {"kind": [partner.kind], "country": as_list(partner.country), "partner": [partner.id]}
    wanted = as_list(question["in"]) if what == "country" else question["in"]
    return any(one in wanted for one in own.get(what, partner.parents))


def km(partner: PartnerFacts, lead: LeadFacts) -> float:
    return distance_km(tuple(round(degree, 4) for degree in lead.point), partner.point)  # type: ignore[arg-type,union-attr]


def cents(rule: dict[str, Any], partner: PartnerFacts, lead: LeadFacts, world: World) -> int:
    load = 1 + world.loads.get(partner.id, 0)
    lines = [(line, line["points"] * 100) for line in rule.get("order", [])]
    return sum(
        round(points / load if line["by"] == "load" else points * share(line, partner, lead, world))
        for line, points in lines
    )


def share(line: dict[str, Any], partner: PartnerFacts, lead: LeadFacts, world: World) -> float:
    by = line["by"]
    if by == "tag":
        return float(bool(set(as_list(line["values"])) & set(as_list(partner.tags.get(line["dimension"], ())))))
    if by == "distance":
        known = None not in (partner.point, lead.point)
        return max(0.0, 1 - km(partner, lead) / line["zero_at_km"]) if known else 0.0
    if by == "language":
        spoken = {low(one)[:2] for one in (partner.language, *partner.tags.get("language", ())) if one}
        return float(low(str(lead.values.get("language", "?")))[:2] in spoken)
    if by == "open_now":
        return float(partner.id not in world.closed)
    known_share = partner.past_sales
    if by in ("win_rate", "conversion"):
        rates = getattr(partner, by)
        known_share = rates.get(low(lead.values.get("vertical")), rates.get(""))
    return 0.5 if known_share is None else float(known_share)


def decide(
    world: World, lead: LeadFacts, before: Asked = Asked(), pinned: tuple[int, tuple[int, int] | None] | None = None,
    readmit: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Return rule, passed_over, via, cursor, next, chosen, scores, excluded, eligible, reason and steps."""
    plain: dict[str, Any] = {
        "passed_over": [],
        "via": "plan",
        "cursor": None,
        "next": None,
        "chosen": [],
        "scores": {},
        "steps": [],
    }
    if pinned is not None:
        rule = world.rules[pinned[0] - 1]
        todo = rounds(rule["plan"])[rounds(rule["plan"]).index(pinned[1]) :] if pinned[1] else []
        counted = sort_out(world, rule, lead, before, readmit)
        for cursor in todo:
            counted = sort_out(world, rule, lead, before, readmit or cursor == rounds(rule["plan"])[-1])
            if counted[0]:
                return {**plain, "rule": pinned[0], **open_round(world, rule, cursor, counted, lead)}
        end = {"eligible": len(counted[0]), "excluded": counted[1], "reason": "nobody_left"}
        return {**plain, "rule": pinned[0], **end}
    passed: list[tuple[int, str]] = []
    excluded = sort_out(world, None, lead, before, readmit)[1]
    for position, rule in enumerate(world.rules, 1):
        if not when(rule.get("when", {"all": []}), lead):
            continue
        counted = sort_out(world, rule, lead, before, readmit or len(rounds(rule["plan"])) == 1)
        excluded = counted[1]
        if counted[0]:
            known = [one for one in lead.running_with if one in {partner.id for partner in counted[0]}]
            known = known[:1] if rule.get("known_customer") != "ignore" else []
            opened = open_round(world, rule, (0, 1), counted, lead, known)
            return {**plain, "rule": position, "passed_over": passed, **opened}
        suits = any(who(rule.get("who", {"all": []}), partner, lead, world) for partner in world.partners)
        passed.append((position, "all_unavailable" if suits else "no_match"))
        if rule.get("otherwise") == "stop":
            break
    reason = "no_partner" if passed else "no_rule"
    return {**plain, "rule": None, "passed_over": passed, "excluded": excluded, "eligible": 0, "reason": reason}


def rounds(plan: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(at, time) for at, step in enumerate(plan) for time in range(1, step.get("repeat", 1) + 1)]


def sort_out(
    world: World, rule: dict[str, Any] | None, lead: LeadFacts, before: Asked, readmit: bool
) -> tuple[list[PartnerFacts], dict[str, int]]:
    eligible: list[PartnerFacts] = []
    excluded: dict[str, int] = {}
    for partner in sorted(world.partners, key=lambda one: one.id):
        codes = {
            "paused": partner.id in world.paused,
            "no_hours": partner.id in world.no_hours,
            "at_capacity": world.loads.get(partner.id, 0) >= (10**9 if (cap := partner.max_open_leads) is None else cap)
            or world.months.get(partner.id, 0) >= (10**9 if (cap := partner.monthly_cap) is None else cap)
            or world.weeks.get(partner.id, 0) >= (10**9 if (cap := partner.weekly_pace) is None else cap),
            "already_asked": partner.id in before.gone or (partner.id in before.expired and not readmit),
            "feedback_due": partner.id in world.feedback_due,
            "who": rule is not None and not who(rule.get("who", {"all": []}), partner, lead, world),
        }
        code = next((code for code, true in codes.items() if true), None)
        if code:
            excluded[code] = excluded.get(code, 0) + 1
        else:
            eligible.append(partner)
    return eligible, excluded


def open_round(
    world: World, rule: dict[str, Any], cursor: tuple[int, int],
    counted: tuple[list[PartnerFacts], dict[str, int]], lead: LeadFacts, known: list[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    eligible, excluded = counted
    scores = {partner.id: cents(rule, partner, lead, world) for partner in eligible}
    weights = {partner.id: partner.weight for partner in eligible}
    steps: list[tuple[list[str], str, int]] = []
    best_first = sorted(scores, key=lambda one: (-scores[one], one))
    wanted = rule["plan"][cursor[0]]["offer_to"]
    every = rounds(rule["plan"])
    following = dict(zip(every, [*every[1:], None], strict=True))[cursor]
    if known:
        chosen, following = known, (0, 1)
    elif wanted == "all":
        chosen = best_first
    else:
        chosen = fill(world, best_first, scores, weights, wanted, rule.get("equal_within", 5), lead, steps)
    steps = [] if lead.values.get("test") is True else steps
    return {"via": "known_customer" if known else "plan", "cursor": cursor, "next": following, "chosen": chosen,
            "scores": scores, "excluded": excluded, "eligible": len(eligible), "reason": None,
            "steps": steps}  # fmt: skip


def fill(
    world: World, left: list[str], scores: dict[str, int], weights: dict[str, int], wanted: int, equal: float,
    lead: LeadFacts, steps: list[tuple[list[str], str, int]],
) -> list[str]:  # fmt: skip
    column = {"hot": 1, "cold": 3}.get(lead.temperature, 2)
    debts = {one: list(world.ledger.get(one, [0] * 4)) for one in left}
    slots = min(wanted, len(left))
    chosen: list[str] = []
    fits = 0  # how many of the current band are certain to be chosen
    while len(chosen) < slots:
        part = 10**6 // slots + (len(chosen) < 10**6 % slots)
        band = [one for one in left if scores[one] >= scores[left[0]] - round(equal * 100)]
        if fits or len(band) <= slots - len(chosen):
            fits = (fits or len(band)) - 1
            one, members = left[0], left[:1]
        else:
            draw(band, chosen, slots, debts, column, weights, steps)
            return chosen
        steps.append((members, one, part))
        chosen.append(one)
        left = left[1:]
    return chosen


def draw(
    band: list[str], chosen: list[str], slots: int, debts: dict[str, list[int]], column: int,
    weights: dict[str, int], steps: list[tuple[list[str], str, int]],
) -> None:  # fmt: skip
    members = sorted(band)
    while len(chosen) < slots:
        part = 10**6 // slots + (len(chosen) < 10**6 % slots)
        total = sum(weights[who] for who in members)
        gains = [part * weights[who] // total for who in members]
        gains = [gain + (at < part - sum(gains)) for at, gain in enumerate(gains)]
        for who_, gain in zip(members, gains, strict=True):
            debts[who_][0] += gain
            debts[who_][column] += gain
        most = max(debts[one][0] for one in members)
        near = [one for one in members if debts[one][0] >= most - 10**6]
        one = sorted(near, key=lambda who: (-debts[who][column], -debts[who][0], who))[0]
        steps.append((members, one, part))
        chosen.append(one)
        members = [who for who in members if who != one]
