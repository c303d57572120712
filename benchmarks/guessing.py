"""An attacker who guesses the home of an incident from what is shown in its place: by our cells, and as others hide it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

from benchmarks.attacked import Lair
from geo.crs import points_to_3006, points_to_wgs84
from geo.privacy.cells import Floats

DRAWN = 200_000
AVERAGED = 1_000
_NEAR_M, _FAR_M = 50.0, 200.0
_DONUTS = 20
_LOTS = 200
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Guessed:
    """Shares of homes found, 0-1.

    ``expected``: the home nearest to what is shown, each home as likely as any other. ``drawn``: the same of incidents drawn by lot,
    and ``error`` its standard error. ``best``: by the likeliest home instead. ``averaged``: nearest to the mean of many answers.
    """

    expected: float
    drawn: float
    error: float
    best: float
    averaged: float


def shown_as(ground: Lair) -> dict[str, Callable[[Floats], Floats]]:
    """What is shown in the place of positions (n, 2), each time the same: our cells first, then the peers."""
    return {
        "our cells": lambda at: ground.middles[ground.cells.locate(at)],
        "rounded to 3 decimals": lambda at: _rounded(at, 3),
        "rounded to 2 decimals": lambda at: _rounded(at, 2),
        "a grid of 250 m": lambda at: (at // 250 + 0.5) * 250,
    }


def guess(ground: Lair, shown: Floats) -> Guessed:
    """The shares found where ``shown[i]`` stands for home ``i`` in every answer: exactly, no lot but the drawn."""
    nearest = KDTree(ground.homes).query(shown)[1]
    right = nearest == np.arange(len(ground.homes))
    drawn = right[np.random.default_rng(6).integers(len(right), size=DRAWN)]
    # Homes shown alike can't be told apart: of each lot of them one is guessed.
    best = len(np.unique(shown, axis=0)) / len(shown)
    rate = float(right.mean())
    return Guessed(rate, float(drawn.mean()), _error(rate), max(best, rate), rate)


def guess_donut(ground: Lair) -> Guessed:
    """The shares found of homes moved 50-200 m into any direction, another way each time."""
    chance = np.random.default_rng(6)
    tree, number = KDTree(ground.homes), len(ground.homes)

    def moved(times: int) -> Floats:
        angle, far = (
            chance.uniform(0, 2 * np.pi, (times, number)),
            chance.uniform(_NEAR_M, _FAR_M, (times, number)),
        )
        return ground.homes + np.stack([far * np.cos(angle), far * np.sin(angle)], axis=2)

    once, best = [], []
    for shown in moved(_DONUTS):
        once.append((tree.query(shown)[1] == np.arange(number)).mean())
        # Far circles are as likely as near ones, but longer: of the homes that it can be the nearest is the likeliest.
        far = np.linalg.norm(shown[:, None, :] - ground.homes[None, :, :], axis=2)
        far[far < _NEAR_M] = np.inf
        best.append((far.argmin(axis=1) == np.arange(number)).mean())
    means = np.mean([moved(1)[0] for _ in range(AVERAGED)], axis=0)
    averaged = float((tree.query(means)[1] == np.arange(number)).mean())
    rate = float(np.mean(once))
    return Guessed(rate, rate, float(np.std(once) / _DONUTS**0.5), float(np.mean(best)), averaged)


@dataclass(frozen=True, slots=True)
class Uneven:
    """Shares found where most happens at few homes, as 1, 1/2, 1/3, ..., by one who knows at which: of our cells, and told of the
    municipality alone. Who doesn't know finds as many as where all are alike, for each home is as likely to be the one."""

    cells: float
    alone: float


def guess_uneven(ground: Lair) -> Uneven:
    """The mean over many ways to deal the loads out to homes."""
    chance = np.random.default_rng(7)
    cell = ground.cells.locate(ground.homes)
    load = 1 / np.arange(1, len(cell) + 1)
    load /= load.sum()
    found = []
    for _ in range(_LOTS):
        heaviest = np.zeros(len(ground.cells.boxes))
        np.maximum.at(heaviest, cell, chance.permutation(load))
        found.append(heaviest.sum())
    return Uneven(float(np.mean(found)), float(load.max()))


def _error(rate: float) -> float:
    return float((rate * (1 - rate) / DRAWN) ** 0.5)


def _rounded(at: Floats, decimals: int) -> Floats:
    return np.asarray(points_to_3006(np.round(points_to_wgs84(at), decimals)))
