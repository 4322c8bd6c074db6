"""Pictures: opened with a bound on their points, and searched for codes."""

import io
from collections.abc import Iterator

import zxingcpp
from PIL import Image, ImageOps, ImageSequence

Symbol = tuple[bytes, str]

MOST_POINTS = 60_000_000
_LARGEST_SIDE = 4000
_KINDS = zxingcpp.BarcodeFormats(
    [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Aztec, zxingcpp.BarcodeFormat.DataMatrix]
)
_FORMATS = ("PNG", "JPEG", "TIFF")
_MOST_FRAMES = 10


class PictureTooBig(Exception):
    """More points than are opened."""


class PictureBroken(Exception):
    """Not a picture that can be read."""


def frames_of(content: bytes) -> Iterator[Image.Image]:
    """The pages of a picture, grey and upright."""
    Image.MAX_IMAGE_PIXELS = MOST_POINTS
    is_heic = content[4:8] == b"ftyp"
    if is_heic:
        _teach_heic()
    try:
        with Image.open(io.BytesIO(content), formats=("HEIF",) if is_heic else _FORMATS) as picture:
            if picture.width * picture.height > MOST_POINTS:
                raise PictureTooBig
            for number, frame in enumerate(ImageSequence.Iterator(picture)):
                if number >= _MOST_FRAMES:
                    return
                yield _grey(frame)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooBig from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise PictureBroken from error


def _teach_heic() -> None:
    """Only the child that holds such a photo loads the decoder, and gives it no threads of its own."""
    from pi_heif import register_heif_opener

    register_heif_opener(thumbnails=False, DECODE_THREADS=1)


def _grey(frame: Image.Image) -> Image.Image:
    """On white paper where the picture is transparent; turned as the camera says; not larger than needed."""
    upright = ImageOps.exif_transpose(frame)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        coloured = upright.convert("RGBA")
        paper = Image.new("RGBA", coloured.size, "white")
        upright = Image.alpha_composite(paper, coloured)
    grey = upright.convert("L")
    grey.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE))
    return grey


def symbols_in(picture: Image.Image, place: str) -> list[Symbol]:
    """The bytes of every matrix code in a picture."""
    found = zxingcpp.read_barcodes(picture, formats=_KINDS)
    return [(bytes(one.bytes), place) for one in found if one.valid]
