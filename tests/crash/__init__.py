"""Crash tests: killed at every place where it touches the world, started again, the program must end the same."""
