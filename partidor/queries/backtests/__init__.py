"""Back-tests: the run, what came out, and how it is shown."""
