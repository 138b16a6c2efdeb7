"""Benchmarks: one file each with a ``main()`` that prints its table. ``make bench`` runs all, in order of name."""
