"""The slots of a round, filled as one would by hand: band by band, and by the debts where a band does not fit."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from partidor.domain.facts import PartnerFacts
from partidor.domain.routing.fairness import MICRO, Ledger
from partidor.domain.routing.live import LiveState
from partidor.domain.routing.network import Network
from partidor.domain.routing.slots import Filling

WEIGHTS = (1, 2, 1, 3, 1, 1, 5)
IDS = [f"p{at}" for at in range(len(WEIGHTS))]
NETWORK = Network([PartnerFacts(one, weight=weight) for one, weight in zip(IDS, WEIGHTS, strict=True)])

scores = st.dictionaries(st.sampled_from(range(len(IDS))), st.sampled_from([0, 100, 400, 450, 500, 900]), min_size=1)
debts = st.lists(st.integers(-2 * MICRO, 2 * MICRO), min_size=2 * len(IDS), max_size=2 * len(IDS))


def filling(scores: dict[int, int], equal: int, debts: list[int]) -> Filling:
    rows = {one: [debts[2 * at], 0, debts[2 * at + 1], 0, 0, 0, 0, 0] for at, one in enumerate(IDS)}
    members = sorted(scores)
    live = LiveState(NETWORK, ledger=Ledger(rows))
    return Filling(members, [scores[at] for at in members], equal, live, "hot")


def by_hand(
    scores: dict[int, int], equal: int, debts: list[int], wanted: int
) -> tuple[list[tuple[list[int], int, int]], list[int]]:
    """Return the draws (members, chosen, millionths) and who comes next, in the dullest way."""
    left = dict(scores)
    draws: list[tuple[list[int], int, int]] = []
    slots = min(wanted, len(left))
    parts = [MICRO // slots + (at < MICRO % slots) for at in range(slots)]
    total, hot = ({at: debts[2 * at + column] for at in left} for column in (0, 1))
    band: set[int] = set()
    while len(draws) < slots:
        best = max(left.values())
        band = {at for at in left if left[at] >= best - equal}
        if len(band) <= slots - len(draws):
            for at in sorted(band, key=lambda at: (-left[at], at)):
                draws.append(([at], at, parts[len(draws)]))
                del left[at]
            band = set()
            continue
        while len(draws) < slots:
            part, weight = parts[len(draws)], sum(WEIGHTS[at] for at in band)
            gains = {at: part * WEIGHTS[at] // weight for at in sorted(band)}
            for at in sorted(band)[: part - sum(gains.values())]:
                gains[at] += 1
            for at in band:
                total[at] += gains[at]
                hot[at] += gains[at]
            one = in_turn(band, total, hot)[0]
            draws.append((sorted(band), one, part))
            band.remove(one)
            del left[one]
    after = in_turn(band, total, hot) if band else []
    below = sorted(set(left) - band, key=lambda at: (-left[at], at))
    return draws, after + below


def in_turn(band: set[int], total: dict[int, int], hot: dict[int, int]) -> list[int]:
    most = max(total[at] for at in band)
    near = [at for at in band if total[at] >= most - MICRO]
    far = [at for at in band if total[at] < most - MICRO]
    return sorted(near, key=lambda at: (-hot[at], -total[at], at)) + sorted(far, key=lambda at: (-total[at], at))


class TestFilling:
    @given(scores, st.sampled_from([0, 49, 50, 100, 1000]), debts, st.integers(1, 9), st.integers(0, 9))
    @example(dict.fromkeys(range(7), 0), 0, [0] * 14, 3, 9)
    def test_fills_slots_as_by_hand_and_knows_who_is_next(
        self, scores: dict[int, int], equal: int, debts: list[int], wanted: int, number: int
    ) -> None:
        ours = filling(scores, equal, debts)
        ours.fill(wanted)
        draws, after = by_hand(scores, equal, debts, wanted)
        assert ours.draws == draws
        assert ours.chosen == [one for _, one, _ in draws]
        assert sum(part for _, _, part in ours.draws) == MICRO
        assert ours.rest(number) == after[:number]

    @given(scores, debts)
    def test_takes_all_best_first_without_the_fair_share(self, scores: dict[int, int], debts: list[int]) -> None:
        ours = filling(scores, 500, debts)
        ours.take_all()
        assert ours.chosen == sorted(scores, key=lambda at: (-scores[at], at))
        assert (ours.draws, ours.rest(9)) == ([], [])

    @given(scores, debts, st.data())
    def test_takes_one_known_partner_and_then_the_best(
        self, scores: dict[int, int], debts: list[int], data: st.DataObject
    ) -> None:
        known = data.draw(st.sampled_from(sorted(scores)))
        ours = filling(scores, 500, debts)
        ours.take(known)
        assert (ours.chosen, ours.draws) == ([known], [])
        assert ours.rest(9) == sorted(set(scores) - {known}, key=lambda at: (-scores[at], at))
