"""Figures on this machine, as ratios to what any program would have to do: `python -m bench [--mails N]`."""
