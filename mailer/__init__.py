"""Letters in, notices out; knows no payments."""
