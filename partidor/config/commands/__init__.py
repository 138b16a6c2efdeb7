"""The groups of the `partidor` command: one file each. Heavy imports stay inside, so that help is quick."""
