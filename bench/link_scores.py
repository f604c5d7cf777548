"""What checkers of links told, held against the truth, as rows of Markdown tables. Pure: values in, words out."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.link_farm import kind_of, state_of
from bench.link_runs import CONNECTIONS, DELAY_SECONDS, PEER_LIMIT_SECONDS, TIMEOUT_SECONDS, Outcome, Used

CPU_BOUND, WALL_BOUND = 0.10, 1.2
NOTHING = "nothing"
_LIVING = ("alive", "moved")


@dataclass(frozen=True, slots=True)
class Score:
    """How a checker's words stand to the truth; ``wrong`` counts (kind, what was told of it), most first."""

    n_right: int
    n_links: int
    n_false_dead: int
    n_living_broken: int
    n_missed_dead: int
    wrong: Mapping[tuple[str, str], int]

    @property
    def share(self) -> str:
        """The share of true states, never rounded up to all."""
        return f"{math.floor(10_000 * self.n_right / self.n_links) / 100:.2f} %"


def score(states: Mapping[str, str], addresses: Iterable[str]) -> Score:
    """The score of told states; of an address that was left out ``nothing`` was told, which is wrong."""
    told = Counter((kind_of(one), state_of(one), states.get(one, NOTHING)) for one in addresses)
    wrong = Counter({(kind, said): number for (kind, true, said), number in told.items() if said != true})

    def count(is_such: Callable[[str, str], bool]) -> int:
        return sum(number for (_, true, said), number in told.items() if is_such(true, said))

    return Score(
        n_right=told.total() - wrong.total(),
        n_links=told.total(),
        n_false_dead=count(lambda true, said: said == "dead" and true != "dead"),
        n_living_broken=count(lambda true, said: said in ("dead", "failing") and true in _LIVING),
        n_missed_dead=count(lambda true, said: said in _LIVING and true == "dead"),
        wrong=dict(wrong.most_common()),
    )


def least_seconds(addresses: Iterable[str]) -> float:
    """The time that the slowest host takes of itself, its connections always at work: its pauses and hanging links."""
    links, hangs = Counter[str](), Counter[str]()
    for address in addresses:
        host = urlsplit(address).hostname or ""
        links[host] += 1
        hangs[host] += kind_of(address) == "hang"
    return max(
        (links[host] - 1) * DELAY_SECONDS / CONNECTIONS + math.ceil(hangs[host] / CONNECTIONS) * TIMEOUT_SECONDS
        for host in links
    )


def exactness(found: Mapping[str, Sequence[Outcome]], addresses: Sequence[str]) -> Iterator[str]:
    """The rows of who told what: of several runs the worst, and the middle of what they used."""
    yield (
        "| checker | states right | said to be dead, is not | said to be broken, lives | dead and not seen "
        "| wall s | CPU s | most MB | told wrongly |\n|---|---|---|---|---|---|---|---|---|"
    )
    for name, outcomes in found.items():
        worst = min((score(outcome.states, addresses) for outcome in outcomes), key=lambda one: one.n_right)
        counts = f"{worst.n_false_dead:,} | {worst.n_living_broken:,} | {worst.n_missed_dead:,}"
        used = _used_words([outcome.used for outcome in outcomes])
        yield f"| {name} | {worst.share} | {counts} | {used} | {_wrong_words(worst.wrong)} |"


def _wrong_words(wrong: Mapping[tuple[str, str], int]) -> str:
    """What was told of which kinds, and of how many links nothing."""
    told = [f"{kind} as {said} {number:,}" for (kind, said), number in wrong.items() if said != NOTHING]
    n_untold = sum(number for (_, said), number in wrong.items() if said == NOTHING)
    return ", ".join([*([f"{n_untold:,} not at all"] if n_untold else []), *told]) or "none"


def _used_words(all_used: Sequence[Used]) -> str:
    wall = statistics.median(used.wall_seconds for used in all_used)
    cpu = statistics.median(used.cpu_seconds for used in all_used)
    most = max(used.peak_mb for used in all_used)
    ended = "" if all(used.is_finished for used in all_used) else f", ended unfinished at {PEER_LIMIT_SECONDS}"
    return f"{wall:.1f}{ended} | {cpu:.1f} | {most:.0f}"


def costs(per_thousand: Mapping[str, Sequence[float]], spider: str) -> Iterator[str]:
    """The rows of what a thousand further links cost, as ratios to the spider in the same round."""
    yield (
        f"| checker | CPU s / 1,000 further links | ratio (bound {CPU_BOUND:.2f}) | ratio, least–most of the rounds |\n"
        "|---|---|---|---|"
    )
    for name, seconds in per_thousand.items():
        ratios = [one / other for one, other in zip(seconds, per_thousand[spider], strict=True)]
        middle = f"{statistics.median(seconds):.3f} | {statistics.median(ratios):.3f}"
        yield f"| {name} | {middle} | {min(ratios):.3f}–{max(ratios):.3f} |"


def wall_words(found: Mapping[str, Sequence[Outcome]], addresses: Sequence[str]) -> str:
    """One sentence: the least time there can be, and how many times that each checker takes."""
    least = least_seconds(addresses)
    middles = {name: statistics.median(one.used.wall_seconds for one in outcomes) for name, outcomes in found.items()}
    told = ", ".join(f"{name} {middle / least:.2f}" for name, middle in middles.items())
    return f"The slowest host takes {least:.1f} s of itself. Wall time as a multiple (bound {WALL_BOUND}): {told}."
