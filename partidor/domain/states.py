"""The states of leads, offers and jobs: one aligned table each. No guards and no side effects live here."""

from __future__ import annotations

from partidor.domain.life import Life

LEAD = Life.table("lead", "received", [
    # verb            from                                            to            event
    ("hold",          "received",                                     "in_review",  "lead.held"),
    ("route",         "received",                                     "routing",    None),
    ("release",       "in_review",                                    "routing",    "lead.released"),
    ("park",          "in_review",                                    "parked",     "lead.parked"),
    ("unpark",        "parked",                                       "in_review",  "lead.held"),
    ("reject",        "in_review",                                    "rejected",   "lead.rejected"),
    ("offer",         "routing offered",                              "offered",    "lead.offered"),
    ("run_dry",       "routing offered",                              "unassigned", "lead.unassigned"),
    ("doubt",         "offered",                                      "in_review",  "lead.held"),
    ("accept",        "offered",                                      "accepted",   None),
    ("assign",        "offered unassigned accepted",                  "accepted",   "lead.assigned"),
    ("reroute",       "unassigned",                                   "routing",    "lead.rerouted"),
    ("take_back",     "accepted",                                     "routing",    "lead.taken_back"),
    ("hand_back",     "accepted",                                     "routing",    "lead.handed_back"),
    ("win",           "accepted",                                     "won",        "lead.won"),
    ("lose",          "accepted",                                     "lost",       "lead.lost"),
    ("withdraw",      "in_review parked offered unassigned accepted", "withdrawn",  "lead.withdrawn"),
])  # fmt: skip

OFFER = Life.table("offer", "open", [
    # verb            from                to             event
    ("interest",      "open",             "interested",  "offer.interested"),
    ("accept",        "open interested",  "accepted",    "offer.accepted"),
    ("decline",       "open",             "declined",    "offer.declined"),
    ("expire",        "open",             "expired",     "offer.expired"),
    ("supersede",     "open interested",  "superseded",  "offer.superseded"),
    ("withdraw",      "open interested",  "withdrawn",   "offer.withdrawn"),
])  # fmt: skip

JOB = Life.table("job", "waiting", [
    # verb            from                to             event
    ("begin",         "waiting running",  "running",     None),
    ("wait",          "running",          "waiting",     None),
    ("cancel",        "waiting running",  "cancelled",   None),
    ("finish",        "running",          "done",        None),
    ("fail",          "waiting running",  "failed",      None),
])  # fmt: skip

CLOSED_LEAD = frozenset({"rejected", "won", "lost", "withdrawn"})
