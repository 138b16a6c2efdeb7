"""The groups of the `partidor` command: one file each. Heavy imports stay inside the commands, so that help is quick."""
