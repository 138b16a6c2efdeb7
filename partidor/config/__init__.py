"""The parts put together: settings, addresses, the `partidor` command."""
