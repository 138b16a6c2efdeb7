"""The settings of the tests: Partidor's own, with a private HOME, on the database that PARTIDOR_TEST_DATABASE names.

``sqlite`` (the default) or ``postgresql``; PARTIDOR_TEST_DATABASE_URL names a server that runs already. The workers
of pytest-xdist inherit both from the process that starts them, so one server serves them all, each with a database
of its own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import cast

from tests.postgres import private_postgres

_END = ExitStack()
atexit.register(_END.close)

_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
_DATABASE = os.environ.setdefault("PARTIDOR_TEST_DATABASE", "sqlite")

if not _IS_WORKER:
    for _name in [name for name in os.environ if name.startswith("PARTIDOR_") and "_TEST_" not in name]:
        del os.environ[_name]  # the tests prove the defaults, not what a developer has set
    os.environ["PARTIDOR_HOME"] = tempfile.mkdtemp(prefix="partidor-test-")
    _END.callback(shutil.rmtree, os.environ["PARTIDOR_HOME"], ignore_errors=True)
    if _DATABASE == "postgresql":
        if "PARTIDOR_TEST_DATABASE_URL" not in os.environ:
            os.environ["PARTIDOR_TEST_DATABASE_URL"] = _END.enter_context(private_postgres()).url()
        os.environ["PARTIDOR_DATABASE_URL"] = os.environ["PARTIDOR_TEST_DATABASE_URL"]
    elif _DATABASE != "sqlite":
        raise SystemExit(f"PARTIDOR_TEST_DATABASE is {_DATABASE!r}; it may be sqlite or postgresql")

from partidor.config.settings import *  # noqa: E402, F403
from partidor.config.settings import DATABASES  # noqa: E402

for _alias, _settings in DATABASES.items():
    if "sqlite" in str(_settings["ENGINE"]):
        # A file, never memory: threads and other processes must see the same database.
        # Named as Partidor itself names the second one, for the processes that tests start.
        _file = {"default": "test.sqlite3", "door": "test-door.sqlite3"}[_alias]
        _settings["TEST"] = {"NAME": str(Path(os.environ["PARTIDOR_HOME"]) / _file)}
        # No test pulls the plug, so none waits for the disk; processes that tests start and kill have the real setting.
        _options = cast("dict[str, str]", _settings["OPTIONS"])
        _options["init_command"] = _options["init_command"].replace("synchronous=FULL", "synchronous=OFF")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow on purpose
