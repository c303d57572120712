"""Photos as cameras, offices and attackers send them; what comes out is read byte by byte."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from geo.errors import UnreadableInput
from geo.importing.photo import MAX_BYTES, CleanPhoto, clean_photo

SECRET = b"HemligPlats"
GPS, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F

JPEG_SEGMENTS = {0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9}
"""Start, JFIF's own, tables, frame, codes, scan, end: what a picture needs and nothing else."""


def picture(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """Left half red, right half blue, a green corner at the top left."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    image.paste("lime", (0, 0, size[0] // 4, size[1] // 4))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    notes = Image.Exif()
    notes[ORIENTATION] = orientation
    notes[MAKER] = SECRET.decode()
    notes[GPS] = {1: "N", 2: (64.0, 11.0, 30.0), 3: "E", 4: (20.0, 51.0, 0.0), 29: SECRET.decode()}
    return notes


def exif_with_thumbnail() -> bytes:
    """EXIF whose second directory holds a JPEG: what was there before somebody cropped the photo."""
    thumbnail = saved(picture((16, 16)), "JPEG", comment=SECRET)
    entries = [(0x0103, 3, 6), (0x0201, 4, 0), (0x0202, 4, len(thumbnail))]
    first = 8
    second = first + 2 + 4
    at = second + 2 + 12 * len(entries) + 4
    body = b"II*\0" + struct.pack("<I", first) + struct.pack("<HI", 0, second)
    body += struct.pack("<H", len(entries))
    for tag, kind, value in entries:
        body += struct.pack("<HHII", tag, kind, 1, at if tag == 0x0201 else value)
    return b"Exif\0\0" + body + struct.pack("<I", 0) + thumbnail


def xmp() -> bytes:
    return b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>' + SECRET + b"</rdf:RDF></x:xmpmeta>"


def icc() -> bytes:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    return bytes(profile) + SECRET


def text_chunks() -> PngImagePlugin.PngInfo:
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("Comment", SECRET.decode())
    chunks.add_itxt("XML:com.adobe.xmp", xmp().decode(), zip=True)
    chunks.add(b"prIv", SECRET, after_idat=True)
    return chunks


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("ut.txt", SECRET)
    return file.getvalue()


def segments(jpeg: bytes) -> list[int]:
    """The markers of a JPEG in order; fails when anything stands before, between or after them."""
    found, at = [], 0
    while at < len(jpeg):
        assert jpeg[at] == 0xFF, at
        marker = jpeg[at + 1]
        found.append(marker)
        at += 2
        if marker in (0xD8, 0xD9):
            continue
        at += struct.unpack(">H", jpeg[at : at + 2])[0]
        if marker == 0xDA:
            while jpeg[at] != 0xFF or jpeg[at + 1] == 0 or 0xD0 <= jpeg[at + 1] <= 0xD7:
                at += 1
    return found


def check_clean(photo: CleanPhoto) -> Image.Image:
    """Fails unless the photo is a JPEG with nothing but its picture; gives the picture."""
    assert segments(photo.jpeg)[0] == 0xD8
    assert segments(photo.jpeg)[-1] == 0xD9
    assert set(segments(photo.jpeg)) == JPEG_SEGMENTS
    # JFIF's segment has a density and room for a thumbnail: 16 bytes is one without.
    assert photo.jpeg[2:4] + photo.jpeg[4:6] == b"\xff\xe0\x00\x10"
    for trace in (SECRET, b"Exif", b"xmp", b"ICC_PROFILE", b"http", b"script", b"PK\x03\x04"):
        assert trace not in photo.jpeg, trace
    image = Image.open(io.BytesIO(photo.jpeg), formats=["JPEG"])
    image.load()
    assert image.mode == "RGB"
    assert image.size == (photo.width, photo.height)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    return image


def near(pixel: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(found - right) < 40 for found, right in zip(pixel, wanted, strict=True))


RED, BLUE, LIME = (255, 0, 0), (0, 0, 255), (0, 255, 0)

NOTES: dict[str, Callable[[], bytes]] = {
    "jpeg with EXIF and GPS": lambda: saved(picture(), "JPEG", exif=exif()),
    "jpeg with a thumbnail": lambda: saved(picture(), "JPEG", exif=exif_with_thumbnail()),
    "jpeg with XMP": lambda: saved(picture(), "JPEG", xmp=xmp()),
    "jpeg with ICC": lambda: saved(picture(), "JPEG", icc_profile=icc()),
    "jpeg with a comment": lambda: saved(picture(), "JPEG", comment=SECRET),
    "jpeg with a zip behind": lambda: saved(picture(), "JPEG") + zipped(),
    "jpeg with a page behind": lambda: saved(picture(), "JPEG") + b"<html><script>alert(1)</script>" + SECRET,
    "jpeg with a page inside": lambda: saved(picture(), "JPEG", comment=b"<script>x</script>" + SECRET),
    "png with EXIF and GPS": lambda: saved(picture(), "PNG", exif=exif()),
    "png with texts, XMP and a chunk of its own": lambda: saved(picture(), "PNG", pnginfo=text_chunks()),
    "png with ICC": lambda: saved(picture(), "PNG", icc_profile=icc()),
    "png with a zip behind": lambda: saved(picture(), "PNG") + zipped(),
    "webp with all": lambda: saved(picture(), "WEBP", exif=exif(), xmp=xmp(), icc_profile=icc(), quality=95),
    "webp without loss": lambda: saved(picture(), "WEBP", exif=exif(), lossless=True),
}


@pytest.mark.parametrize("name", NOTES)
def test_nothing_but_the_picture_survives(name: str) -> None:
    data = NOTES[name]()
    # What is packed in the file can't be seen in its bytes; a PNG's texts and profiles are.
    assert SECRET in data or name.startswith("png with ")
    image = check_clean(clean_photo(data))
    assert image.size == (60, 40)
    assert near(image.getpixel((20, 30)), RED)
    assert near(image.getpixel((50, 20)), BLUE)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_taken_on_its_side_stands_upright(orientation: int, kind: str) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    lying = picture((80, 48))
    if orientation in turns:
        lying = lying.transpose(turns[orientation])
    image = check_clean(clean_photo(saved(lying, kind, exif=exif(orientation), quality=95)))
    assert image.size == (80, 48)
    assert near(image.getpixel((8, 4)), LIME)
    assert near(image.getpixel((70, 40)), BLUE)


def test_broken_notes_do_not_cost_the_photo() -> None:
    broken = b"Exif\0\0II*\0\xff\xff\xff\xff" + SECRET
    assert check_clean(clean_photo(saved(picture(), "JPEG", exif=broken))).size == (60, 40)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_colour_becomes_plain(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    source = Image.new("I;16", (60, 40), 30_000) if mode == "I;16" else picture(mode=mode)
    image = check_clean(clean_photo(saved(source, kind)))
    pixel = image.getpixel((50, 30))
    assert isinstance(pixel, tuple)
    if mode in ("P", "RGBA", "CMYK"):
        assert near(pixel, BLUE)
    elif mode == "I;16":
        assert near(pixel, (117, 117, 117))
    else:
        assert max(pixel) - min(pixel) < 3


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_seen_through_becomes_white(kind: str) -> None:
    glass = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    glass.paste((255, 0, 0, 255), (0, 0, 20, 40))
    image = check_clean(clean_photo(saved(glass, kind)))
    assert near(image.getpixel((30, 20)), (255, 255, 255))
    assert near(image.getpixel((8, 20)), RED)


def test_a_palette_with_a_colour_that_is_nothing_becomes_white() -> None:
    flat = Image.new("P", (20, 20), 1)
    flat.putpalette([255, 0, 0, 0, 0, 0])
    image = check_clean(clean_photo(saved(flat, "PNG", transparency=1)))
    assert near(image.getpixel((10, 10)), (255, 255, 255))


@pytest.mark.parametrize(
    ("size", "wanted"),
    [((4000, 3000), (2048, 1536)), ((1000, 6000), (341, 2048)), ((2048, 5), (2048, 5)), ((1, 1), (1, 1))],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_longest_side_is_bounded(size: tuple[int, int], wanted: tuple[int, int], kind: str) -> None:
    image = check_clean(clean_photo(saved(picture(size), kind)))
    assert abs(image.width - wanted[0]) <= 1
    assert abs(image.height - wanted[1]) <= 1
    assert max(image.size) <= 2048


def test_of_an_animation_the_first_picture_is_taken() -> None:
    second = Image.new("RGB", (60, 40), "white")
    for kind in ("WEBP", "PNG"):
        data = saved(picture(), kind, save_all=True, append_images=[second], duration=100, quality=95)
        assert near(check_clean(clean_photo(data)).getpixel((20, 30)), RED)


def test_a_phones_file_of_several_pictures_gives_the_first() -> None:
    data = saved(picture(), "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40), "white")])
    assert near(check_clean(clean_photo(data)).getpixel((20, 30)), RED)


def declared(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is this big."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + chunk(b"IEND", b"")
    )


def declared_webp(width: int, height: int) -> bytes:
    data = bytearray(saved(picture(mode="RGBA"), "WEBP", exif=exif()))
    assert data[12:16] == b"VP8X"
    data[24:27] = (width - 1).to_bytes(3, "little")
    data[27:30] = (height - 1).to_bytes(3, "little")
    return bytes(data)


def declared_jpeg(width: int, height: int) -> bytes:
    data = bytearray(saved(picture(), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        declared(50_000, 50_000),
        declared(8_000, 5_001),
        declared_webp(16_000, 16_000),
        declared_jpeg(65_000, 65_000),
        declared_jpeg(8_000, 5_001),
    ],
)
def test_a_bomb_is_told_by_its_header(data: bytes) -> None:
    with pytest.raises(UnreadableInput, match="more than 40 megapixels"):
        clean_photo(data)


def test_forty_megapixels_are_taken() -> None:
    photo = clean_photo(saved(Image.new("L", (8_000, 5_000), 128), "PNG"))
    assert (photo.width, photo.height) == (2048, 1280)


def test_texts_that_unpack_to_much_more_are_refused() -> None:
    chunks = PngImagePlugin.PngInfo()
    for number in range(80):
        chunks.add_text(f"k{number}", "x" * 1_000_000, zip=True)
    data = saved(picture(), "PNG", pnginfo=chunks)
    assert len(data) < 1_000_000
    with pytest.raises(UnreadableInput, match="damaged"):
        clean_photo(data)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
OTHERS = {
    "a text named .jpg": b"hej hej\n" * 100,
    "svg": SVG,
    "gif": saved(picture(mode="P"), "GIF"),
    "tiff": saved(picture(), "TIFF"),
    "bmp": saved(picture(), "BMP"),
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "pdf": saved(picture(), "PDF"),
    "zip": zipped(),
    "a page with a photo behind": b"<html></html>" + saved(picture(), "JPEG"),
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_such_picture_says_what_is_wanted(name: str) -> None:
    with pytest.raises(UnreadableInput, match="Choose a JPEG, PNG or WebP"):
        clean_photo(OTHERS[name])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_photo_that_was_cut_off_is_refused(kind: str, part: float) -> None:
    whole = saved(Image.effect_noise((300, 200), 80).convert("RGB"), kind)
    with pytest.raises(UnreadableInput, match=r"damaged|no photo"):
        clean_photo(whole[: int(len(whole) * part)])


def test_an_empty_and_a_too_big_file_are_told_apart() -> None:
    with pytest.raises(UnreadableInput, match="empty"):
        clean_photo(b"")
    with pytest.raises(UnreadableInput, match="bigger than 10 MB"):
        clean_photo(saved(picture(), "JPEG") + bytes(MAX_BYTES))


def test_the_same_photo_gives_the_same_bytes() -> None:
    data = saved(picture(), "JPEG", exif=exif())
    assert clean_photo(data) == clean_photo(data)
