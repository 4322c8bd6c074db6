"""The registry: rows that people and the daemon share; this room knows rows and cells, not payments."""
