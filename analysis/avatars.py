"""Perceptual hashes of profile pictures (头像特征): pictures that look alike differ in few of their 64 bits. Pure.

The hash is that of the low frequencies (a DCT of 32 by 32 grey points, 8 by 8 kept, above or below their median),
written out here: the usual library for it brings SciPy and PyWavelets along for these lines.
"""

from __future__ import annotations

import io
import warnings
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

ALIKE_BITS = 10
MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 4_000_000
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_POINTS, _KEPT = 32, 8


class AvatarError(ValueError):
    """The bytes are no picture that we open: another format, broken, or too large; the message is Chinese."""


def avatar_hash(body: bytes) -> str:
    """The perceptual hash of a picture, 16 hexadecimal digits.

    Raises:
        AvatarError: Too large, of another format than PNG, JPEG, WebP or GIF, broken, or of one colour only.
    """
    if len(body) > MOST_BYTES:
        raise AvatarError("头像文件过大")
    grey = np.asarray(_opened(body), dtype=np.float64)
    low = (_cosines() @ grey @ _cosines().T)[:_KEPT, :_KEPT].ravel()
    # A picture without any drawing (the platform's grey default) would be like every other such.
    if np.abs(low[1:]).max() < 1.0:
        raise AvatarError("头像是单一颜色，无法比较")
    bits = low > np.median(low)
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


def _opened(body: bytes) -> Image.Image:
    """The picture as 32 by 32 grey points on white; its size is looked at before anything is decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(body), formats=_FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise AvatarError("头像的像素过多")
                layer = picture.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        white.alpha_composite(layer)
        return white.convert("L").resize((_POINTS, _POINTS), Image.Resampling.LANCZOS)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise AvatarError("不是可以打开的图片") from error
    except (OSError, SyntaxError, ValueError, IndexError, EOFError, MemoryError) as error:
        if isinstance(error, AvatarError):
            raise
        raise AvatarError("图片已损坏") from error


@cache
def _cosines() -> NDArray[np.float64]:
    """The matrix of a discrete cosine transform of 32 points."""
    steps = np.arange(_POINTS)
    found: NDArray[np.float64] = np.cos(np.pi / _POINTS * (steps[None, :] + 0.5) * steps[:, None])
    return found


def bits_apart(left: str, right: str) -> int:
    """In how many of 64 bits two hashes differ."""
    return (int(left, 16) ^ int(right, 16)).bit_count()


def look_alike(left: str, right: str) -> bool:
    """Whether two pictures would pass for the same: the hashes differ in at most ten bits."""
    return bits_apart(left, right) <= ALIKE_BITS
