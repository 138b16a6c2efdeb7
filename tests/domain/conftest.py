"""Prove that the domain needs nothing but itself."""

from tests.purity import refuse_impure_imports

refuse_impure_imports()
