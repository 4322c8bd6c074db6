"""A simulator of the whole installation: real code, a made-up world, one seed; see `python -m tests.sim --help`."""
