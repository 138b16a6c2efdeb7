"""Run all benchmarks, or those named: ``python -m bench engine intake``."""

from __future__ import annotations

import importlib
import pkgutil
import platform
import sys

import bench


def main(wanted: list[str]) -> None:
    """Run them one after the other: two at once would measure each other."""
    named = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_"))
    if unknown := set(wanted) - set(named):
        raise SystemExit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(named)}")
    print(f"{platform.platform()}, Python {platform.python_version()}, {len(named)} benchmarks")
    for name in wanted or named:
        run = getattr(importlib.import_module(f"bench.{name}"), "main", None)
        if run is not None:
            print(f"\n== {name}", flush=True)
            run()


if __name__ == "__main__":
    main(sys.argv[1:])
