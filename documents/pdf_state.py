"""Whether a PDF opens: `ok`, `encrypted` or `broken`. For the limited child only.

pypdf is stricter than PDFium, which mends what it can: a file that was cut off on its way is worth a word.
"""

import io

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError


def pdf_state(content: bytes) -> str:
    """Try to open it. An empty user password opens a file for everybody: people see no lock on it."""
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            return "ok" if reader.decrypt("") else "encrypted"
        return "ok" if len(reader.pages) > 0 else "broken"
    except DependencyError:
        return "encrypted"
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return "broken"
