"""Do intervals hold as often as they say? Every origin of every real series, per horizon and level.

``python -m bench.calibration [FOLDER…]``; without a folder, the series that are kept in the repository.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from bench.real_series import RealSeries, real_series
from bothhalves.forecast.baselines import DAILY, Panel
from bothhalves.forecast.conformal import calibrated
from bothhalves.forecast.origins import Race, race

ROOT = Path(__file__).resolve().parent.parent
KEPT = (
    ROOT / "bench" / "data" / "person_days.csv",
    ROOT / "examples" / "assistant" / "sources",
    ROOT / "examples" / "team" / "sources",
)
LEVELS = (Fraction(4, 5), Fraction(9, 10))
#: Steps ahead, the steps of a cycle, and those of a calendar period.
HORIZONS = {"hour": (1, 3, 6, 12, 24), "day": (1, 2, 3, 7, 14)}
_CYCLE = {"hour": 24, "day": 7}
_PERIOD = {"hour": 24, "day": 30}


@dataclass(slots=True)
class Covered:
    """Intervals that were given, how many held what came, and the sum of the levels that they stated."""

    given: int = 0
    held: int = 0
    stated: float = 0.0

    @property
    def share(self) -> float:
        return self.held / self.given if self.given else float("nan")

    @property
    def level(self) -> float:
        return self.stated / self.given if self.given else float("nan")


Table = dict[tuple[Fraction, str, int], Covered]


def main(folders: Sequence[str]) -> None:
    """Print a row for each level, step and horizon, and which methods were chosen in the end."""
    series = real_series([Path(f) for f in folders] or KEPT)
    found, chosen = calibration(series)
    print(f"{len(series)} series of {len({s.origin for s in series})} files\n")
    print("| asked | step | ahead | intervals | stated | held | apart |\n|---|---|---|---|---|---|---|")
    for (asked, step, ahead), cell in sorted(found.items()):
        apart = 100 * (cell.share - cell.level)
        print(
            f"| {float(asked):.0%} | {step} | {ahead} | {cell.given:,} | {cell.level:.1%} | {cell.share:.1%}"
            f" | {apart:+.1f} |"
        )
    print("\nchosen at the last origin: " + ", ".join(f"{m} {n}" for m, n in chosen.most_common()))


def calibration(series: Iterable[RealSeries]) -> tuple[Table, Counter[str]]:
    """Coverage by level, step and horizon over all origins, and the methods chosen at the last one."""
    found: Table = defaultdict(Covered)
    chosen: Counter[str] = Counter()
    for step, own in _alike(series):
        values = np.array([s.values for s in own], dtype=np.float64)
        horizons = [h for h in HORIZONS[step] if h < values.shape[1]]
        periods = np.arange(values.shape[1] + 1) // _PERIOD[step]
        raced = race(Panel(values, _CYCLE[step], periods), horizons, DAILY)
        chosen.update(raced.methods[n] for n in raced.choice[:, -1])
        for asked in LEVELS:
            for place, ahead in enumerate(horizons):
                _cover(found[asked, step, ahead], raced, place, asked)
    return {slot: cell for slot, cell in found.items() if cell.given}, chosen


def _cover(cell: Covered, raced: Race, place: int, asked: Fraction) -> None:
    for forecasts, errors in zip(raced.chosen, raced.chosen_errors, strict=True):
        one = calibrated(forecasts[:, place], errors[:, place], raced.horizons[place], asked)
        told = ~np.isnan(one.hits)
        cell.given += int(told.sum())
        cell.held += int(one.hits[told].sum())
        cell.stated += float(one.levels[told].sum())


def _alike(series: Iterable[RealSeries]) -> Iterator[tuple[str, list[RealSeries]]]:
    """Series of one step and length together."""
    groups: dict[tuple[str, int], list[RealSeries]] = defaultdict(list)
    for one in series:
        groups[one.step, len(one.values)].append(one)
    yield from ((step, own) for (step, _), own in sorted(groups.items()))


if __name__ == "__main__":
    main(sys.argv[1:])
