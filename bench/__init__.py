"""Benchmarks: one file each with a ``run()`` that returns its figures. ``make bench`` runs all of them."""
