"""How the peers search a list of names: each gets the same lists, one process a method, and says what it found.

The packages lie in the dependency group ``bench`` and are imported where a method needs them, so that one that is
missing leaves out its own row only. Nothing of our own search is loaded here: ``python -m bench.name_searches ROW
REGISTERED NAMES [PART]`` prints what a row found in the two files, or in the first PART names, as JSON.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.likeness.labelled import TOP

_SIGNS = re.compile(r"\W")


@dataclass(frozen=True, slots=True)
class Searched:
    """What a method found: the best names of each registered one; its seconds before and in the search."""

    found: dict[str, list[str]]
    prepare_seconds: float
    match_seconds: float


def _by_rapidfuzz(scorer: Callable[[Any], Any], registered: Sequence[str], names: Sequence[str]) -> Searched:
    """Every name against every name, as a matrix."""
    numpy, process = import_module("numpy"), import_module("rapidfuzz.process")
    chosen = scorer(import_module("rapidfuzz"))
    began = time.process_time()
    matrix = process.cdist(registered, names, scorer=chosen, dtype=numpy.float32, workers=1)
    spent = time.process_time() - began
    found = {}
    for name, scores in zip(registered, matrix, strict=True):
        nearest = numpy.argpartition(-scores, TOP)[:TOP]
        found[name] = [names[number] for number in nearest]
    return Searched(found, 0.0, spent)


def by_ratio(registered: Sequence[str], names: Sequence[str]) -> Searched:
    """rapidfuzz ``cdist`` with ``ratio`` on the names as they are."""
    return _by_rapidfuzz(lambda rapidfuzz: rapidfuzz.fuzz.ratio, registered, names)


def by_jaro_winkler(registered: Sequence[str], names: Sequence[str]) -> Searched:
    """rapidfuzz ``cdist`` with Jaro-Winkler on the names as they are."""
    return _by_rapidfuzz(lambda rapidfuzz: rapidfuzz.distance.JaroWinkler.normalized_similarity, registered, names)


def by_tfidf(registered: Sequence[str], names: Sequence[str]) -> Searched:
    """TF-IDF of one and two characters (scikit-learn), the best by ``sparse_dot_topn``."""
    text, topn = import_module("sklearn.feature_extraction.text"), import_module("sparse_dot_topn")
    began = time.process_time()
    weigher = text.TfidfVectorizer(analyzer="char", ngram_range=(1, 2), dtype=import_module("numpy").float32)
    known = weigher.fit_transform(names).T.tocsr()
    prepared = time.process_time()
    rows = topn.sp_matmul_topn(weigher.transform(registered), known, top_n=TOP, threshold=0.1, n_threads=1)
    spent = time.process_time() - prepared
    ends = zip(rows.indptr[:-1], rows.indptr[1:], strict=True)
    found = [[names[number] for number in rows.indices[start:end]] for start, end in ends]
    return Searched(dict(zip(registered, found, strict=True)), prepared - began, spent)


def _bigrams(name: str) -> list[str]:
    signs = _SIGNS.sub("", name)
    return [signs[start : start + 2] for start in range(len(signs) - 1)]


def by_fts5(registered: Sequence[str], names: Sequence[str]) -> Searched:
    """SQLite FTS5 over pairs of neighbouring characters, any of them, best by its rank."""
    began = time.process_time()
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE found USING fts5(pairs, content='')")
    rows = ((number, " ".join(_bigrams(name))) for number, name in enumerate(names))
    base.executemany("INSERT INTO found(rowid, pairs) VALUES (?, ?)", rows)
    base.execute("INSERT INTO found(found) VALUES ('optimize')")
    prepared = time.process_time()
    asked = "SELECT rowid FROM found WHERE found MATCH ? ORDER BY rank LIMIT ?"
    found = {}
    for name in registered:
        any_of = " OR ".join(f'"{pair}"' for pair in dict.fromkeys(_bigrams(name)))
        found[name] = [names[number] for (number,) in base.execute(asked, (any_of, TOP))] if any_of else []
    return Searched(found, prepared - began, time.process_time() - prepared)


def by_tantivy(registered: Sequence[str], names: Sequence[str]) -> Searched:
    """tantivy over one and two characters, any of them, best by BM25."""
    tantivy = import_module("tantivy")
    began = time.process_time()
    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("number", stored=True)
    schema.add_text_field("name", tokenizer_name="grams", index_option="freq")
    built = schema.build()
    index = tantivy.Index(built)
    grams = tantivy.Tokenizer.ngram(min_gram=1, max_gram=2, prefix_only=False)
    index.register_tokenizer("grams", tantivy.TextAnalyzerBuilder(grams).build())
    writer = index.writer(heap_size=300_000_000, num_threads=1)
    for number, name in enumerate(names):
        writer.add_document(tantivy.Document(number=number, name=name))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    prepared = time.process_time()
    found = {}
    for name in registered:
        parts = {*name, *(name[start : start + 2] for start in range(len(name) - 1))}
        terms = [(tantivy.Occur.Should, tantivy.Query.term_query(built, "name", part)) for part in sorted(parts)]
        hits = searcher.search(tantivy.Query.boolean_query(terms), TOP).hits
        found[name] = [names[searcher.doc(address)["number"][0]] for _, address in hits]
    return Searched(found, prepared - began, time.process_time() - prepared)


PEERS: dict[str, tuple[str, Callable[[Sequence[str], Sequence[str]], Searched], tuple[str, ...]]] = {
    "ratio": ("rapidfuzz `cdist` ratio", by_ratio, ("rapidfuzz", "numpy")),
    "jaro_winkler": ("rapidfuzz Jaro-Winkler", by_jaro_winkler, ("rapidfuzz", "numpy")),
    "tfidf": ("TF-IDF 1+2-grams, sparse_dot_topn", by_tfidf, ("sklearn", "sparse_dot_topn")),
    "fts5": ("SQLite FTS5 bigrams", by_fts5, ("sqlite3",)),
    "tantivy": ("tantivy 1+2-grams", by_tantivy, ("tantivy",)),
}


def peak_mb() -> float:
    """The most memory that this process has held, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def load_lines(path: Path) -> list[str]:
    """The names of a file, one a line; no sign of a name ends a line but the line feed."""
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def main(row: str, registered: str, names: str, part: str = "") -> None:
    """Prints what a row found."""
    listed = load_lines(Path(names))[: int(part) if part else None]
    searched = PEERS[row][1](load_lines(Path(registered)), listed)
    print(json.dumps({**asdict(searched), "mb": peak_mb()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
