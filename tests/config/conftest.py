"""The command, called in this process on the test database, or as a process of its own with a HOME of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from partidor.config.main import main


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> Any:
        """The one object on stdout."""
        return json.loads(self.out)

    def refuses(self) -> str:
        """Check that it refused in one clear line; return the line."""
        lines = self.err.strip().splitlines()
        assert self.code > 0
        assert self.out == ""
        assert len(lines) == 1, self.err
        assert lines[0].startswith("partidor: ")
        assert "Traceback" not in self.err
        return lines[0].removeprefix("partidor: ")


Call = Callable[..., Said]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Call the command in this process."""

    def run(*words: object) -> Said:
        capsys.readouterr()
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run


@pytest.fixture
def home(tmp_path: Path, empty_database: str) -> dict[str, str]:
    """The environment of an installation of its own; HOME is not empty."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "notes.txt").write_text("mine")
    ours = ("PARTIDOR_", "DJANGO_SETTINGS_MODULE")
    mine = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**mine, "PARTIDOR_HOME": str(home), "PARTIDOR_DATABASE_URL": empty_database}


@pytest.fixture
def process(home: dict[str, str]) -> Call:
    """Call the command as a process."""

    def run(*words: object, **settings: str) -> Said:
        done = subprocess.run(
            [sys.executable, "-m", "partidor.config.main", *map(str, words)],
            env={**home, **settings}, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return Said(done.returncode, done.stdout, done.stderr)

    return run
