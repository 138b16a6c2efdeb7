"""Child processes of one machine: kept alive, ended together, and never left behind when the parent is killed."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from types import FrameType

from django.db import connections

log = logging.getLogger(__name__)

ENDS_WITHIN = 15.0
"""Seconds that a child has to end by itself after SIGTERM."""
_SHORTEST_WAIT = 0.5
_LONGEST_WAIT = 4.0
_LONG_LIFE = 60.0
"""Seconds after which a child's end is no sign that it cannot start at all."""
_PR_SET_PDEATHSIG = 1
_TELLS_BY_ITSELF = sys.platform == "linux"


def die_with(parent: int | None) -> None:
    """End this process (SIGTERM) when its parent ends, however that ends; None means whoever is the parent now.

    Linux tells the process itself; elsewhere a thread looks once a second.
    """
    expected = os.getppid() if parent is None else parent
    if _TELLS_BY_ITSELF:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != expected:  # it ended before it could be watched
            os.kill(os.getpid(), signal.SIGTERM)
        return
    threading.Thread(target=_watch, args=(expected,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def collect_seldom() -> None:
    """Let the garbage collector look more seldom, and never at what is loaded by now.

    At Python's own pace it goes through all partners and rules in memory every few pages: a tenth of the time, and
    150 ms more for the page that it hits.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


class Family:
    """Some commands run side by side; one that dies is started again, sooner the first time than the tenth."""

    def __init__(self, commands: Mapping[str, Sequence[str]]) -> None:
        """Take the commands by name: the words after ``python -m``."""
        self._commands = {name: [sys.executable, "-m", *words] for name, words in commands.items()}
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._waits = dict.fromkeys(commands, _SHORTEST_WAIT / 2)
        self._started: dict[str, float] = {}
        self._again: dict[str, float] = {}
        self._ending = threading.Event()

    def run(self) -> None:
        """Start all, and keep them alive until SIGTERM or SIGINT; then end all."""
        connections.close_all()  # the parent only watches: it holds nothing open
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        for name in self._commands:
            self._start(name)
        try:
            while not self._ending.wait(0.2):
                self._look_after()
        finally:
            self._end_all()

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._ending.set()

    def _start(self, name: str) -> None:
        # A session of its own: Ctrl-C reaches the parent, and the parent ends its children in order
        self._children[name] = subprocess.Popen(self._commands[name], start_new_session=True)  # noqa: S603  our own words
        self._started[name] = time.monotonic()
        self._again.pop(name, None)

    def _look_after(self) -> None:
        now = time.monotonic()
        for name, child in self._children.items():
            if child.poll() is None:
                continue
            if name not in self._again:
                long = now - self._started[name] > _LONG_LIFE
                self._waits[name] = _SHORTEST_WAIT if long else min(2 * self._waits[name], _LONGEST_WAIT)
                self._again[name] = now + self._waits[name]
                log.error("%s ended with %s; it starts again in %.1f s", name, child.returncode, self._waits[name])
            elif now >= self._again[name]:
                self._start(name)

    def _end_all(self) -> None:
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        end = time.monotonic() + ENDS_WITHIN
        for name, child in self._children.items():
            try:
                child.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("%s did not end in %d s and is killed", name, ENDS_WITHIN)
                child.kill()
                child.wait()
