"""Is all well? What is late, what waits, what runs out; told by `status`, by a second route and to monitors."""

from workflow.health.checkup import Checkup, Limits, Trouble
from workflow.health.probe import PROBE, probe_due

__all__ = ["PROBE", "Checkup", "Limits", "Trouble", "probe_due"]
