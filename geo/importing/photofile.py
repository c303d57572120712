"""A photo decoded and drawn anew. Runs in the child process.

What leaves is pixels on a fresh canvas: nothing that the file said beside its picture (where it was taken, by
whose camera, a thumbnail of what was cropped away) can come along.
"""

import struct
from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from PIL import Image, UnidentifiedImageError

from geo.errors import UnreadableInput
from geo.importing.limits import Limits

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 2048
QUALITY = 82

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error)
"""What Pillow raises for a file that begins as a picture and goes wrong further on."""


def draw(file: IO[bytes], limits: Limits) -> Iterator[Any]:
    """Yields one line: the new JPEG as ``jpeg`` (base64) with its ``width`` and ``height`` in pixels.

    Of an animation the first picture is taken.

    Raises:
        UnreadableInput: no JPEG, PNG or WebP, too many pixels, or damaged.
    """
    # Pillow refuses twice this number, from the header, before it makes room for a picture.
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
    data = BytesIO(file.read(limits.max_bytes))
    try:
        with Image.open(data, formats=FORMATS) as image:
            canvas = _canvas(image)
    except Image.DecompressionBombError as error:
        raise UnreadableInput(
            "The photo has more than %(most)s megapixels. Choose a smaller one, or set the camera to fewer.",
            most=MAX_PIXELS // 1_000_000,
        ) from error
    except UnidentifiedImageError as error:
        raise UnreadableInput(
            "The file is no photo that can be read here. Choose a JPEG, PNG or WebP picture."
        ) from error
    except _BROKEN as error:
        raise UnreadableInput(
            "The photo is damaged, or was cut off on the way. Send it again, or take a new one.",
            detail=str(error)[:200],
        ) from error
    out = BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY, optimize=True)
    yield {
        "jpeg": b64encode(out.getvalue()).decode("ascii"),
        "width": canvas.width,
        "height": canvas.height,
    }


def _canvas(image: Image.Image) -> Image.Image:
    """The picture upright on white, its longest side at most ``LONGEST_SIDE``."""
    # A JPEG is decoded at a fraction of its size where that is enough: a tenth of the time and memory.
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.load()
    turn = _TURNS.get(_orientation(image))
    if image.mode.startswith("I"):
        # 16 bits of grey would be cut off at white, not scaled.
        image = image.point(lambda value: value / 256)
    see_through = image.has_transparency_data
    pixels = image.convert("RGBA" if see_through else "RGB")
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    canvas = Image.new("RGB", pixels.size, "white")
    canvas.paste(pixels, mask=pixels if see_through else None)
    return canvas if turn is None else canvas.transpose(turn)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except (*_BROKEN, TypeError):
        # A camera that wrote its notes badly still took a picture: it is shown as it lies in the file.
        return 1
