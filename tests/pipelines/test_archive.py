"""Evidence: what is kept can be found again by its place, opened by others, and proved unchanged."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import sys
import zlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.link_states import Received
from crawler.page import Call, Exchange, Page
from pipelines.archive import RAW_PER_KIND, ArchiveError, WarcArchive, load_stored
from records import SHANGHAI, LinkCheck
from tests.pipelines.answers import AGENT, FETCHED_AT, LIST, ORDINARY, exchange, page, passes_check, received

TOOLS = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
ANY = st.characters(exclude_categories=())  # lone surrogates too
CODINGS = {"": lambda body: body, "gzip": gzip.compress, "deflate": zlib.compress, "no-such": lambda body: body}


def heads(path: Path) -> list[tuple[str, dict[str, str], list[tuple[str, str]]]]:
    """``(type, own headers, HTTP headers)`` of every record of a file, as a public reader sees them."""
    with path.open("rb") as file:
        return [
            (record.rec_type, dict(record.rec_headers.headers), list(record.http_headers.headers))
            for record in ArchiveIterator(file)
        ]


def test_a_page_is_found_at_its_place_with_its_address_time_and_digest(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 7)
    archive.keep(received(b"first"))
    snapshot = archive.keep(page(b"second", status=404))
    found = load_stored(tmp_path, snapshot.ref)
    assert (found.status, found.body, found.url, found.kind) == (404, b"second", LIST, "list")
    assert found.fetched_at == snapshot.fetched_at == FETCHED_AT
    assert found.sha256 == snapshot.sha256 == hashlib.sha256(b"second").hexdigest()


def test_the_answer_is_kept_as_received_with_the_request_that_brought_it(tmp_path: Path) -> None:
    sent = received(b"{}", ("X-Twice", "1"), ("X-Twice", "2"), ("Transfer-Encoding", "chunked"))
    WarcArchive(tmp_path, 7).keep(sent)
    with (tmp_path / "evidence" / ORDINARY).open("rb") as file:
        answer, request = [(record, record.raw_stream.read()) for record in ArchiveIterator(file)]
    assert answer[1] == sent.exchange.body
    assert [name for name, _ in answer[0].http_headers.headers] == [
        "Content-Type", "Content-Encoding", "X-Twice", "X-Twice",
    ]  # fmt: skip
    assert request[0].http_headers.get_header("User-Agent") == AGENT.encode("latin-1").decode()
    assert request[0].rec_headers["WARC-Concurrent-To"] == answer[0].rec_headers["WARC-Record-ID"]
    assert passes_check(tmp_path)


@pytest.mark.parametrize("coding", CODINGS)
@given(body=st.binary(max_size=3000))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_body_is_read_as_the_parser_saw_it_whatever_its_coding(tmp_path: Path, coding: str, body: bytes) -> None:
    home = Path(mkdtemp(dir=tmp_path))
    kept = exchange(CODINGS[coding](body), *([("Content-Encoding", coding)] if coding else []))
    snapshot = WarcArchive(home, 7).keep(page(body, exchange=kept))
    found = load_stored(home, snapshot.ref)
    assert (found.body, found.sha256, found.decoded) == (body, snapshot.sha256, False)
    assert passes_check(home)


def test_a_body_from_the_browser_says_that_it_is_decoded(tmp_path: Path) -> None:
    calls = (Call(f"{LIST}&page=1", 200, b'{"a":1}'), Call(f"{LIST}&page=2", 403, b""))
    archive = WarcArchive(tmp_path, 7)
    snapshot = archive.keep(page(b"shell", calls=calls))
    archive.keep(received(b"another page"))
    found = load_stored(tmp_path, snapshot.ref)
    assert found.decoded
    assert found.calls == tuple((call.url, call.status, call.body) for call in calls)
    assert [own.get("X-Xuncha-Body") for _, own, _ in heads(tmp_path / "evidence" / ORDINARY)[:3]] == ["decoded"] * 3


def test_a_file_holds_one_day_of_shanghai_and_one_class_whoever_writes(tmp_path: Path) -> None:
    refs = [
        WarcArchive(tmp_path, 7).keep(page()).ref,
        WarcArchive(tmp_path, 7).keep(page(fetched_at=FETCHED_AT - timedelta(hours=3))).ref,
        WarcArchive(tmp_path, 8).keep(page()).ref,
        WarcArchive(tmp_path, 8).keep(page(), "search").ref,
    ]
    files = ["2026-11-16-ordinary", "2026-11-15-ordinary", "2026-11-16-ordinary", "2026-11-16-search"]
    assert [ref.partition("#")[0] for ref in refs] == [f"evidence/{name}.warc.gz" for name in files]
    with pytest.raises(ValueError, match="retention"):
        WarcArchive(tmp_path, 8).keep(page(), "forever")


def test_the_time_is_kept_in_utc_to_the_microsecond_whatever_zone_it_came_in(tmp_path: Path) -> None:
    moment = FETCHED_AT.astimezone(SHANGHAI).replace(microsecond=120)
    snapshot = WarcArchive(tmp_path, 7).keep(page(fetched_at=moment))
    assert load_stored(tmp_path, snapshot.ref).fetched_at == moment
    assert heads(tmp_path / "evidence" / ORDINARY)[0][1]["WARC-Date"] == "2026-11-15T17:30:05.000120Z"


def test_the_same_body_again_is_a_revisit_of_the_first_and_reads_the_same(tmp_path: Path) -> None:
    snapshots = [WarcArchive(tmp_path, run).keep(received(b"same" * 500, url=f"{LIST}&n={run}")) for run in (1, 2)]
    first, again = [head for head in heads(tmp_path / "evidence" / ORDINARY) if head[0] != "request"]
    assert (first[0], again[0]) == ("response", "revisit")
    assert again[1]["WARC-Refers-To-Target-URI"] == f"{LIST}&n=1"
    assert again[1]["WARC-Payload-Digest"] == first[1]["WARC-Payload-Digest"]
    found = [load_stored(tmp_path, snapshot.ref) for snapshot in snapshots]
    assert [(one.url, one.body) for one in found] == [(f"{LIST}&n={run}", b"same" * 500) for run in (1, 2)]
    assert passes_check(tmp_path)


@pytest.mark.parametrize("command", [["check"], ["index", "-f", "offset,warc-type,warc-target-uri"], ["recompress"]])
def test_public_tools_read_the_file(tmp_path: Path, command: list[str]) -> None:
    archive = WarcArchive(tmp_path, 7)
    refs = [archive.keep(received(body * 900)).ref for body in (b"one", b"two", b"one")]
    path, copy = tmp_path / "evidence" / ORDINARY, tmp_path / "copy.warc.gz"
    last = [str(copy)] if command == ["recompress"] else []
    done = subprocess.run(["warcio", *command, str(path), *last], capture_output=True, text=True, env=TOOLS)
    assert (done.returncode, done.stderr) == (0, "")
    if command[0] == "index":
        rows = [json.loads(row) for row in done.stdout.splitlines()]
        kinds = [(f"evidence/{ORDINARY}#{row['offset']}", row["warc-type"]) for row in rows[::2]]
        assert kinds == list(zip(refs, ["response", "response", "revisit"], strict=True))
    if last:
        assert [head[0] for head in heads(copy)] == [head[0] for head in heads(path)]


def test_the_address_that_answered_is_kept_beside_the_one_first_asked(tmp_path: Path) -> None:
    inside = exchange(b"x")
    elsewhere = exchange(b"", ("Location", "https://passport.weibo.com/v?token=a"), status=302)
    archive = WarcArchive(tmp_path, 7)
    refs = [archive.keep(page(b"x", exchange=inside, final_url=f"{LIST}&to=1")).ref]
    refs += [archive.keep(page(b"", status=302, exchange=elsewhere, final_url="https://a.example/?token=a")).ref]
    found = [load_stored(tmp_path, ref) for ref in refs]
    assert [(one.url, one.final_url) for one in found] == [
        (LIST, f"{LIST}&to=1"), (LIST, "https://a.example/?token=REDACTED"),
    ]  # fmt: skip
    targets = [own["WARC-Target-URI"] for kind, own, _ in heads(tmp_path / "evidence" / ORDINARY) if kind == "response"]
    assert targets == [f"{LIST}&to=1", LIST]


@given(
    url=st.text(ANY, max_size=60),
    header=st.tuples(st.text(ANY, max_size=20), st.text(ANY, max_size=40)),
    body=st.binary(min_size=1, max_size=50),
)
@example("/\r\nWARC-Type: resource\r\n", ("X: Y\r\nZ", "a\r\nContent-Encoding: gzip\r\n\r\nb"), b"x")
@example("/岭?<名>", ("Content-Encoding", "gzip"), b"not packed at all")
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_address_and_no_header_breaks_a_record(
    tmp_path: Path, url: str, header: tuple[str, str], body: bytes
) -> None:
    home = Path(mkdtemp(dir=tmp_path))
    answer = exchange(body, header, request_headers=(header,))
    snapshot = WarcArchive(home, 7).keep(page(body, url=f"http://a.example{url}", exchange=answer))
    found = load_stored(home, snapshot.ref)
    assert len(found.headers) == 1
    assert (found.status, found.url.isascii()) == (200, True)
    assert passes_check(home)


def received_link(body: bytes, *, truncated: bool = False) -> Received:
    return Received(f"{LIST}&token=abc", exchange(body, status=404), truncated)


def test_a_link_answer_that_was_not_read_to_its_end_says_so(tmp_path: Path) -> None:
    check = LinkCheck(url="https://a.example/1", state="dead", checked_at=FETCHED_AT, status=404)
    for truncated in (True, False):
        WarcArchive(tmp_path, 7).keep_check(check, received_link(b"not her", truncated=truncated))
    data = gzip.decompress((tmp_path / "evidence" / ORDINARY).read_bytes())
    assert data.count(b"WARC-Truncated: length\r\n") == 1
    assert passes_check(tmp_path)


def test_a_link_check_is_kept_with_the_answer_it_rests_on_and_without_tokens(tmp_path: Path) -> None:
    check = LinkCheck(url=f"{LIST}&token=abc", state="dead", checked_at=FETCHED_AT, status=404)
    archive = WarcArchive(tmp_path, 7)
    alone, snapshot = archive.keep_check(check), archive.keep_check(check, received_link(b"not here"))
    found = load_stored(tmp_path, snapshot.ref)
    assert json.loads(found.body)["state"] == "dead"
    assert found.calls == ((f"{LIST}&token=REDACTED", 404, b"not here"),)
    assert (found.sha256, load_stored(tmp_path, alone.ref).calls) == (snapshot.sha256, ())
    assert b"abc" not in b"".join(gzip.decompress(path.read_bytes()) for path in tmp_path.rglob("*.gz"))


@given(url=st.text(ANY, max_size=60))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_check_of_whatever_stands_in_a_post_is_kept(tmp_path: Path, url: str) -> None:
    home = Path(mkdtemp(dir=tmp_path))
    snapshot = WarcArchive(home, 7).keep_check(LinkCheck(url=url, state="refused", checked_at=FETCHED_AT))
    assert json.loads(load_stored(home, snapshot.ref).body)["state"] == "refused"
    assert passes_check(home)


def test_what_was_stored_before_there_were_manifests_can_still_be_read(tmp_path: Path) -> None:
    old = tmp_path / "evidence" / "2026-11-01-run3.warc.gz"
    old.parent.mkdir()
    with old.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        for body in (b"first", b"second"):
            made = writer.create_warc_record(
                LIST, "response", payload=BytesIO(body), length=len(body), http_headers=head
            )
            writer.write_record(made)
    (tmp_path / "evidence" / "saved.html").write_bytes(b"<p>")
    found = load_stored(tmp_path, "evidence/2026-11-01-run3.warc.gz#0")
    assert (found.url, found.body, found.content_type, found.calls) == (LIST, b"first", "text/html", ())
    assert load_stored(tmp_path, "evidence/saved.html").body == b"<p>"


def test_a_record_that_was_changed_or_is_gone_is_not_handed_out(tmp_path: Path) -> None:
    snapshot = WarcArchive(tmp_path, 7).keep(received(b"x" * 50))
    file = tmp_path / "evidence" / ORDINARY
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"200 OK", b"404 OK"))
    for ref in (snapshot.ref, f"evidence/{ORDINARY}#3", f"evidence/{ORDINARY}#{len(whole)}", "evidence/none.warc.gz#0"):
        with pytest.raises(ArchiveError):
            load_stored(tmp_path, ref)


def test_the_first_raw_bodies_of_each_kind_are_kept_for_review(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 7, keep_raw=True)
    for number in range(RAW_PER_KIND + 2):
        archive.keep(page(str(number).encode(), calls=(Call(LIST, 200, b"call"),)))
    folder = tmp_path / "raw" / "m.weibo.cn" / "list"
    assert [(folder / f"{number}.body").read_text() for number in (1, 2, 3)] == ["0", "1", "2"]
    assert sorted(path.suffix for path in folder.iterdir()) == sorted([".body", ".url", ".call1"] * RAW_PER_KIND)


def test_without_that_wish_nothing_but_the_evidence_is_written(tmp_path: Path) -> None:
    WarcArchive(tmp_path, 7).keep(page())
    assert [path.name for path in tmp_path.iterdir()] == ["evidence"]


def test_a_page_that_was_not_modified_is_kept_with_the_body_that_stands_for_it(tmp_path: Path) -> None:
    answered = Exchange(
        method="GET",
        request_headers=(("If-None-Match", '"a1"'),),
        status=304,
        headers=(("ETag", '"a1"'),),
        body=b"",
    )
    feed = "https://feed.yunling.example/rss"
    seen = Page(url=feed, body=b"<rss>1</rss>", fetched_at=FETCHED_AT, kind="feed", exchange=answered)
    snapshot = WarcArchive(tmp_path, 1).keep(seen)
    kept = load_stored(tmp_path, snapshot.ref)
    assert (kept.status, kept.body, kept.sha256, kept.calls) == (200, b"<rss>1</rss>", snapshot.sha256, ())
    with (tmp_path / snapshot.ref.partition("#")[0]).open("rb") as file:
        said = [(record.rec_type, record.content_stream().read()) for record in ArchiveIterator(file)]
    assert [kind for kind, _ in said] == ["response", "request", "metadata"]
    assert json.loads(said[2][1])["status"] == 304


def test_checks_kept_together_are_those_kept_one_by_one(tmp_path: Path) -> None:
    bodies = [b"gone" * 300, b"other" * 300, b"gone" * 300]
    days = [FETCHED_AT, FETCHED_AT + timedelta(days=1), FETCHED_AT]
    checks = [
        (LinkCheck(url=f"{LIST}&n={number}", state="dead", checked_at=day), received_link(body))
        for number, (day, body) in enumerate(zip(days, bodies, strict=True))
    ]
    together = WarcArchive(tmp_path / "a", 7).keep_checks(checks)
    alone = [WarcArchive(tmp_path / "b", 7).keep_check(*one) for one in checks]
    assert [one.ref.partition("#")[0] for one in together] == [one.ref.partition("#")[0] for one in alone]
    found = [load_stored(tmp_path / "a", one.ref).calls for one in together]
    assert found == [load_stored(tmp_path / "b", one.ref).calls for one in alone]
    assert [calls[0][2] for calls in found] == bodies
    # The body that stands there already is not kept twice, in one write as in several.
    data = [gzip.decompress((tmp_path / name / "evidence" / ORDINARY).read_bytes()) for name in "ab"]
    assert [one.count(b"WARC-Type: revisit\r\n") for one in data] == [1, 1]
    assert passes_check(tmp_path / "a")
