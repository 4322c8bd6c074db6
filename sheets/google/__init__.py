"""The registry as an online spreadsheet at Google: one batched read, one batched write, a cheap look before either."""

from cloud.pace import Pace
from sheets.google.registry import GoogleRegistry

__all__ = ["GoogleRegistry", "Pace"]
