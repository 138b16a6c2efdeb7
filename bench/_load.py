"""The load: clients that keep their connections, in one process that does little else."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

PATIENCE = 120
"""Seconds after which a request counts as failed."""


@dataclass(frozen=True, slots=True)
class Request:
    """One POST to the API."""

    path: str
    key: str
    body: bytes = b""


@dataclass(slots=True)
class Load:
    """What came of the requests: statuses (0: no answer), seconds of each, and of all together."""

    statuses: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    all_seconds: float = 0.0
    bodies: list[bytes] = field(default_factory=list)
    """Of the answers that are no success, to tell why."""

    def count(self, status: int) -> int:
        """Count the answers with a status."""
        return self.statuses.count(status)


def post_all(port: int, requests: Sequence[Request], *, clients: int) -> Load:
    """Post all requests; each client sends its next one when it has its answer. All connect first, and then begin."""
    load = Load()
    waiting = iter(requests)
    taking = threading.Lock()
    ready = threading.Barrier(clients + 1)
    threads = [threading.Thread(target=_post, args=(port, waiting, taking, ready, load)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    load.all_seconds = time.perf_counter() - began
    return load


def _post(port: int, waiting: Iterator[Request], taking: threading.Lock, ready: threading.Barrier, load: Load) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.connect()
    ready.wait()
    while True:
        with taking:
            request = next(waiting, None)
        if request is None:
            break
        headers = {"Authorization": f"Bearer {request.key}", "Content-Type": "application/json"}
        began = time.perf_counter()
        try:
            connection.request("POST", request.path, request.body, headers)
            answer = connection.getresponse()
            status, body = answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            status, body = 0, repr(error).encode()
            connection.close()
        load.seconds.append(time.perf_counter() - began)
        load.statuses.append(status)
        if not 200 <= status < 300:
            load.bodies.append(body[:300])
    connection.close()
