"""The command line: `countersign [--config FILE] COMMAND` (contract, Commands)."""

from workflow.cli.app import main

__all__ = ["main"]
