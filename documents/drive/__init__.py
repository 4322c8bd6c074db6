"""The folder of materials on Google Drive: the same tree as on disk, found again by marks that people do not see."""

from documents.drive.connecting import connected
from documents.drive.materials import DriveMaterials
from documents.drive.sharing import Shared

__all__ = ["DriveMaterials", "Shared", "connected"]
