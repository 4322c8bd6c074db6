"""Pictures of pages made fit to be read: even light, upright, the lines level."""

import statistics

from PIL import Image, ImageChops, ImageFilter, ImageOps, ImageStat

_LONGEST_SIDE = 2600
_SMALL = 500
_STEPS = [step / 2 for step in range(-10, 11)]
_SHADE = 12
_LEVEL = 0.4


def fit_for_reading(picture: Image.Image) -> Image.Image:
    """With the shade of its paper taken away and its lines level; not larger than a reader has use for."""
    page = picture.copy()
    page.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    page = _evenly_lit(page)
    skew = skew_of(page)
    if abs(skew) < _LEVEL:
        return page
    return page.rotate(skew, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)


def _evenly_lit(page: Image.Image) -> Image.Image:
    """Dark is what is darker than the paper around it."""
    small = page.copy()
    small.thumbnail((_SMALL, _SMALL))
    light = small.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(_SHADE))
    paper = light.resize(page.size, Image.Resampling.BILINEAR)
    return ImageOps.autocontrast(ImageOps.invert(ImageChops.subtract(paper, page)), cutoff=(0.2, 0))


def skew_of(page: Image.Image) -> float:
    """How far to turn the page, in degrees, for its lines to be level: then rows are the most unlike one another."""
    small = page.copy()
    small.thumbnail((_SMALL, _SMALL))
    ink = ImageOps.invert(small)
    found = {angle: _contrast_of_rows(ink, angle) for angle in _STEPS}
    best = max(found, key=lambda angle: found[angle])
    return best if found[best] > 1.1 * statistics.median(found.values()) else 0.0


def _contrast_of_rows(ink: Image.Image, angle: float) -> float:
    turned = ink.rotate(angle, resample=Image.Resampling.BILINEAR)
    rows = turned.resize((1, turned.height), Image.Resampling.BOX)
    return float(ImageStat.Stat(rows).var[0])
