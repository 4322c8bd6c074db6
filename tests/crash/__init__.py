"""Crash tests: the program is killed at every place where it touches the world, started again, and must end the same."""
