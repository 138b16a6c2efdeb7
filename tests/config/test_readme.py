"""The commands of the README, followed to the letter."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from partidor.models import Lead
from tests.config.conftest import Call

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = re.findall(r"^    \.venv/bin/partidor (.+)$", (ROOT / "README.md").read_text(), re.MULTILINE)


def test_your_own_vendor_comes_up_as_the_readme_says(
    transactional_db: None, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    asked = [line for line in COMMANDS if line != "serve"]
    assert [line.split()[0] for line in asked] == ["init", "import", "rules", "import", "doctor", "lead"]
    said = None
    for line in asked:
        words = line.replace("REFERENCE", str(Lead.objects.values_list("ref", flat=True).first()))
        said = call(*shlex.split(words))
        assert said.code == 0, said.err
    assert Lead.objects.filter(state="offered").count() == 2
    assert said
    assert "All others, in turn" in said.out


def test_the_first_files_are_those_of_the_guide() -> None:
    guide = (ROOT / "docs" / "importing.md").read_text()
    for name in ("resellers.csv", "resellers.toml", "fair.csv", "fair.toml"):
        assert (ROOT / "docs" / "first" / name).read_text() in guide
