"""Ids that sort roughly by time, and the short reference that people say on the phone."""

from __future__ import annotations

import os
import secrets
import threading
import time
import uuid

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_lock = threading.Lock()
_ticks = [0]


def uuid7() -> uuid.UUID:
    """Make a UUIDv7 (RFC 9562, method 3): milliseconds, 12 bits of a finer clock, 62 random bits.

    Ids of one process never go back; nothing may be ordered by them all the same.
    """
    with _lock:
        _ticks[0] = ticks = max(time.time_ns() * 4096 // 1_000_000, _ticks[0] + 1)
    random = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    return uuid.UUID(int=(ticks >> 12) << 80 | 0x7 << 76 | (ticks & 0xFFF) << 64 | 0b10 << 62 | random)


def reference() -> str:
    """Make the human reference of a lead: six Crockford characters, random (30 bits)."""
    bits = secrets.randbits(30)
    return "".join(CROCKFORD[bits >> shift & 31] for shift in range(25, -1, -5))
