"""The whole story on this machine alone: an embedded mail server, a workbook in a folder, every role played."""

from workflow.demo.story import play

__all__ = ["play"]
