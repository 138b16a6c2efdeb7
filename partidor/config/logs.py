"""Logs go to stderr, one line each, with secrets and personal data masked."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

_MASKS = (
    (re.compile(r"ptd_[\w-]+"), "ptd_…"),
    (re.compile(r"(?<=://)[^\s/@]+@"), "…@"),
    (re.compile(r"(?i)(?<=bearer )\S+"), "…"),
    (re.compile(r"[\w.+%-]+@(?=[\w-]+(\.[\w-]+)+)"), "…@"),
    (re.compile(r"(?<![\w.:-])(?:\+|\(?0)\d[\d ()/-]{5,}\d|(?<![\w-])\d{3}-\d{3}-\d{4}(?![\w-])"), "…"),
    (re.compile(r"(?i)(password|secret|token|key)(['\"]?\s*[=:]\s*['\"]?)[^\s'\",]+"), r"\1\2…"),
)
"""API keys, credentials in addresses, bearer tokens, the names of e-mail addresses, phone numbers, secrets."""


def masked(text: str) -> str:
    """Hide what nobody may find in a log."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


class OneLine(logging.Formatter):
    """Time, level, logger and the masked message; of an exception its class, message and innermost places."""

    default_msec_format = "%s.%03d"

    def __init__(self) -> None:
        """Set the form."""
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; a trace is kept, since it is what a bug is found by, but masked like all else."""
        return masked(super().format(record))


def log_to_stderr(level: int = logging.INFO) -> None:
    """Send every log there, once."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(OneLine())
    logging.basicConfig(level=level, handlers=[lines], force=True)
    logging.captureWarnings(True)


GRANIAN: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "partidor.config.logs.OneLine"}},
    "handlers": {
        name: {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}
        for name in ("console", "access")
    },
    "root": {"level": "INFO", "handlers": ["console"]},
    "loggers": {
        "_granian": {"level": "INFO", "handlers": ["console"], "propagate": False},
        "granian.access": {"level": "INFO", "handlers": ["access"], "propagate": False},
        "django.request": {"level": "ERROR"},  # a refusal is an answer; two hundred rivals are no alarm
    },
}
"""The same for the web server and its processes."""
