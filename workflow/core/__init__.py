"""The pure heart: what a request is, what may happen to it, and what follows from it."""
