"""Benchmarks that nobody runs rot: each is tried with small numbers. What they measure is not judged here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import BENCHMARKS

ROOT = Path(__file__).resolve().parents[2]


class TestTryABenchmark:
    @pytest.mark.any_database("each brings its own databases")
    @pytest.mark.parametrize("name", BENCHMARKS)
    def test_prints_its_figures(self, name: str) -> None:
        tried = subprocess.run(
            [sys.executable, "-m", "bench", "--quick", name], cwd=ROOT, capture_output=True, text=True, timeout=300
        )
        assert tried.returncode == 0, tried.stderr[-2000:]
        assert "| median of 1 |" in tried.stdout
