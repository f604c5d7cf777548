"""How the bench of the link check counts: what a checker told, what a run used, what time there is at least."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.link_farm import HOSTS, Farm, state_of
from bench.link_runs import Outcome, Used, states_of_linkchecker, states_of_linkinator, watch
from bench.link_scores import Score, costs, exactness, least_seconds, score

FARM = Farm(port=8000, tls_port=8001)


def link(kind: str, host: str = HOSTS[0], number: int = 1) -> str:
    return FARM.address(host, kind, number)


def test_the_truth_itself_is_all_right() -> None:
    addresses = list(FARM.addresses(2000))
    told = score({address: state_of(address) for address in addresses}, addresses)
    assert (told.n_right, told.n_false_dead, told.n_living_broken, told.n_missed_dead) == (2000, 0, 0, 0)
    assert (told.share, told.wrong) == ("100.00 %", {})


@pytest.mark.parametrize(
    ("kind", "said", "counts"),
    [
        ("hang", "dead", (1, 0, 0)),
        ("page", "dead", (1, 1, 0)),
        ("page", "failing", (0, 1, 0)),
        ("notice", "alive", (0, 0, 1)),
        ("wall", "alive", (0, 0, 0)),
    ],
)
def test_a_wrong_state_is_counted_by_what_it_does(kind: str, said: str, counts: tuple[int, int, int]) -> None:
    told = score({link(kind): said}, [link(kind)])
    assert (told.n_false_dead, told.n_living_broken, told.n_missed_dead) == counts
    assert (told.n_right, told.wrong) == (0, {(kind, said): 1})


def test_a_link_that_is_left_out_is_not_right() -> None:
    assert score({}, [link("page")]).wrong == {("page", "nothing"): 1}


def test_links_that_were_left_out_are_one_number_in_the_table() -> None:
    outcome = Outcome(Used(1.0, 120.0, 90.0, is_finished=False), {link("wall"): "alive"})
    *_, row = exactness({"peer": [outcome]}, [link("wall"), link("page"), link("missing")])
    assert row.endswith("| 120.0, ended unfinished at 120 | 1.0 | 90 | 2 not at all, wall as alive 1 |")


def test_a_share_is_never_rounded_up_to_all() -> None:
    nearly = Score(n_right=99_999, n_links=100_000, n_false_dead=0, n_living_broken=0, n_missed_dead=1, wrong={})
    assert nearly.share == "99.99 %"


def test_three_hanging_links_take_two_turns_of_two_connections() -> None:
    hanging = [link("hang", HOSTS[1], number) for number in range(3)]
    assert least_seconds([*hanging, link("hang"), link("page")]) == 10


def test_costs_are_held_against_the_spider_of_the_same_round() -> None:
    *_, row, _ = costs({"ours": [0.1, 0.4], "spider": [1.0, 2.0]}, "spider")
    assert row == "| ours | 0.250 | 0.150 | 0.100–0.200 |"


def test_rows_that_linkchecker_had_not_ended_are_left_out(tmp_path: Path) -> None:
    said = tmp_path / "said.csv"
    rows = ["urlname;result;valid", "a;200 OK;True", "b;404 Not Found;False", "c;ReadTimeout: 5;False"]
    said.write_text("\n".join([*rows, "d;syntax OK;True", "e;200 O"]), encoding="utf-8")
    told = dict(states_of_linkchecker(said))
    assert told == {"a": "alive", "b": "dead", "c": "failing", "d": "uncheckable"}


def test_what_linkinator_calls_broken_without_a_status_is_failing(tmp_path: Path) -> None:
    rows = [("a", "OK", 200), ("b", "BROKEN", 0), ("c", "BROKEN", 410), ("d", "BROKEN", 403), ("e", "SKIPPED", 0)]
    said = tmp_path / "said.json"
    links = [{"url": url, "state": state, "status": status} for url, state, status in rows]
    said.write_text(json.dumps({"links": links}), encoding="utf-8")
    assert list(states_of_linkinator(said).values()) == ["alive", "failing", "dead", "blocked", "uncheckable"]


def test_a_command_whose_time_is_up_is_ended(tmp_path: Path) -> None:
    used = watch([sys.executable, "-c", "import time; time.sleep(600)"], tmp_path / "said", limit_seconds=0.3)
    assert not used.is_finished


def test_a_command_is_charged_with_the_memory_that_it_held(tmp_path: Path) -> None:
    held = "kept = b'x' * 300_000_000; import time; time.sleep(0.5)"
    small, large = (watch([sys.executable, "-c", code], tmp_path / "said") for code in ("import time", held))
    assert large.is_finished
    assert 250 < large.peak_mb - small.peak_mb < 350


def test_a_command_that_failed_is_no_measure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        watch([sys.executable, "-c", "raise SystemExit('no such list')"], tmp_path / "said")
    assert "no such list" in capsys.readouterr().err
