"""The domain decides without Django, database or network: it can be imported where there is none of them."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys

import pytest
from hypothesis import settings

import partidor.domain
from tests.purity import REFUSED

MODULES = sorted(module.name for module in pkgutil.walk_packages(partidor.domain.__path__, "partidor.domain."))

pytestmark = pytest.mark.skipif("django" in sys.modules, reason="shown by tests/domain/pytest.ini, without Django")


class TestDomain:
    @pytest.mark.parametrize("module", MODULES)
    def test_imports_nothing_impure(self, module: str) -> None:
        importlib.import_module(module)
        assert not REFUSED & set(sys.modules)

    @pytest.mark.parametrize("name", ["django.db", "partidor.models", "partidor.access.viewer"])
    def test_is_refused_what_it_must_not_know(self, name: str) -> None:
        with pytest.raises(ImportError, match="out of bounds"):
            importlib.import_module(name)


class TestExamples:
    def test_are_those_of_the_profile_that_was_asked_for(self) -> None:
        """Without tests/conftest.py the laws would try other examples each time, and ``long`` would change nothing."""
        assert settings.get_current_profile_name() == os.environ.get("PARTIDOR_TEST_HYPOTHESIS", "quick")
