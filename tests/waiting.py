"""Wait for what other threads and processes do."""

from __future__ import annotations

import time
from collections.abc import Callable


def soon(holds: Callable[[], bool], seconds: float = 30) -> bool:
    """Say whether something comes to hold within so many seconds; return as soon as it does."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
