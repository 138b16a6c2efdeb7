"""What the repository may hold."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.house.source import ROOT

# Spelt in two parts, so that this file may stand in the repository itself.
REGISTRIES = re.compile(
    "|".join(map(re.escape, ("py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs", "registry." + "yarnpkg")))
)
MACHINE = re.compile(
    r"(?<![\w.:/~*-])/(?:"
    + "|".join(("wo" + "rk", "ro" + "ot", "ho" + "me/[a-z]"))
    + r")\b/|/opt/(?:py"
    + "pi|whe"
    + "els)"
)
PICTURES = "docs/pictures/"
"""What ``make screenshots`` takes of the demo."""
BYTES = 200_000
"""The largest file that a reader of the repository should meet."""


def files() -> list[str]:
    try:
        told = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git work tree")
    return [name for name in told.stdout.split("\0") if name and (ROOT / name).is_file()]


class TestRepository:
    def test_names_no_registry_and_no_path_of_a_machine(self) -> None:
        broken = []
        for name in files():
            text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
            for pattern in (REGISTRIES, MACHINE):
                broken += [f"{name}: {found[0]}" for found in pattern.finditer(text)]
        assert not broken, "\n  ".join(["It must build anywhere, from whatever index the reader uses:", *broken])

    def test_holds_only_text_of_its_own(self) -> None:
        ours = [name for name in files() if not name.startswith(PICTURES)]
        broken = [name for name in ours if b"\0" in (ROOT / name).read_bytes()[:8000]]
        broken += [
            name
            for name in files()
            if (ROOT / name).stat().st_size > (2 * BYTES if name.startswith(PICTURES) else BYTES)
            and not name.startswith("requirements/")
        ]
        assert not broken, "\n  ".join(["Third-party assets and data come from packages at install time:", *broken])

    def test_pins_every_requirement_by_hash(self) -> None:
        for name in ("run", "dev", "node"):
            text = (ROOT / f"requirements/{name}.txt").read_text()
            pins = re.findall(r"^[a-z0-9][^\s=]*==[^\\\n]+\\\n +--hash=sha256:", text, re.M)
            assert len(pins) == len(re.findall(r"^[a-z0-9]", text, re.M)) > 0
