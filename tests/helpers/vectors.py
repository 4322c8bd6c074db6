"""The rows of a vector file, every column as text."""

import csv
from pathlib import Path

VECTORS = Path(__file__).parents[1] / "vectors"


def rows(name: str) -> list[dict[str, str]]:
    """Read `tests/vectors/NAME.csv`."""
    with (VECTORS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
