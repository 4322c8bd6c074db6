"""What the world does to files, said in full sentences, with whether trying again can help."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class DocumentsError(Exception):
    """A file or folder of the materials could not be read or written."""

    def __init__(self, sentence: str, *, permanent: bool = False) -> None:
        super().__init__(sentence)
        self.permanent = permanent


_CAUSES = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk can only be read",
    errno.EACCES: "access is denied",
    errno.EPERM: "access is denied",
    errno.ENOENT: "it does not exist",
    errno.ENAMETOOLONG: "its name is too long",
    errno.EIO: "the disk reports an error",
}
_PERMANENT = {errno.ENAMETOOLONG}


@contextmanager
def explained(doing: str, path: Path) -> Iterator[None]:
    """Turn an OSError inside the block into a DocumentsError that says what was being done to which file."""
    try:
        yield
    except OSError as error:
        number = error.errno or 0
        cause = _CAUSES.get(number, error.strerror or str(error))
        raise DocumentsError(f"Cannot {doing} {path}: {cause}.", permanent=number in _PERMANENT) from error
