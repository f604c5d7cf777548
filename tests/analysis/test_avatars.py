"""Pictures that look alike have hashes that are alike; what is no picture is refused before it is unpacked."""

from __future__ import annotations

import io
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from analysis.avatars import MOST_BYTES, AvatarError, avatar_hash, bits_apart, look_alike


def drawn(seed: int, size: int = 180) -> Image.Image:
    chosen = random.Random(seed)
    picture = Image.new("RGB", (size, size), "white")
    pen = ImageDraw.Draw(picture)
    for _ in range(7):
        x, y, radius = (chosen.randrange(limit) for limit in (size, size, size // 3))
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=chosen.randrange(0xFFFFFF))
    return picture


def saved(picture: Image.Image, kind: str = "PNG", **options: int) -> bytes:
    into = io.BytesIO()
    picture.save(into, kind, **options)
    return into.getvalue()


@pytest.mark.parametrize("seed", range(5))
def test_a_picture_recompressed_or_resized_is_alike(seed: int) -> None:
    plain = avatar_hash(saved(drawn(seed)))
    assert look_alike(plain, avatar_hash(saved(drawn(seed), "JPEG", quality=25)))
    assert look_alike(plain, avatar_hash(saved(drawn(seed).resize((96, 96)), "WEBP", quality=40)))
    assert look_alike(plain, avatar_hash(saved(drawn(seed), "GIF")))


def test_other_pictures_are_not_alike() -> None:
    hashes = [avatar_hash(saved(drawn(seed))) for seed in range(40)]
    assert not any(look_alike(one, other) for number, one in enumerate(hashes) for other in hashes[:number])


def test_the_distance_counts_differing_bits() -> None:
    assert bits_apart("00000000000000ff", "000000000000000f") == 4


@pytest.mark.parametrize(
    "body",
    [b"", b"GIF89a", b"<svg/>", saved(drawn(1))[:400], saved(drawn(1), "BMP"), b"\x89PNG" + bytes(MOST_BYTES)],
    ids=["nothing", "a stub", "svg", "cut off", "bmp", "too many bytes"],
)
def test_what_is_no_whole_picture_of_a_known_kind_is_refused(body: bytes) -> None:
    with pytest.raises(AvatarError):
        avatar_hash(body)


def test_a_bomb_is_refused_by_its_header() -> None:
    header = b"IHDR" + (60000).to_bytes(4) * 2 + b"\x08\x00\x00\x00\x00"
    chunk = (13).to_bytes(4) + header + zlib.crc32(header).to_bytes(4)
    with pytest.raises(AvatarError):
        avatar_hash(b"\x89PNG\r\n\x1a\n" + chunk + saved(drawn(1))[33:])
    with pytest.raises(AvatarError, match="像素"):
        avatar_hash(saved(Image.new("L", (2100, 2100))))


def test_a_blank_picture_is_like_nothing() -> None:
    with pytest.raises(AvatarError):
        avatar_hash(saved(Image.new("RGB", (90, 90), "grey")))


@given(st.binary(max_size=300), st.integers(0, 400))
def test_damaged_bytes_are_a_picture_or_refused(noise: bytes, place: int) -> None:
    body = saved(drawn(3, 40))
    try:
        assert len(avatar_hash(body[:place] + noise + body[place + len(noise) :])) == 16
    except AvatarError:
        pass
