"""Edges gathered into the stretches that people would call one: of one name and one kind, with the same people on it."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.analysis.network import Floats, Ints, Network

_SMALL = 0.1


@dataclass(frozen=True, slots=True)
class Stretches:
    """``of`` (edges,) is the number of the stretch that each edge belongs to; -1 for closed edges. ``count`` of them."""

    of: Ints
    count: int

    def total(self, by_edge: Floats) -> Floats:
        """The sum over each stretch."""
        kept = self.of >= 0
        sums = np.bincount(self.of[kept], weights=by_edge[kept], minlength=self.count)
        return sums.astype(np.float64)

    def most(self, by_edge: Floats) -> Floats:
        """The greatest on each stretch."""
        found = np.zeros(self.count)
        kept = self.of >= 0
        np.maximum.at(found, self.of[kept], by_edge[kept])
        return found


def stretches_of(network: Network, through: Floats) -> Stretches:
    """The stretches of the open edges, given how many walk on each (edges,).

    Two neighbours are one stretch where they are alike in name, both tunnels or neither, and as good as all who walk on one
    walk on the other: what joins them on the way brings or takes less than a tenth.
    """
    edges = np.flatnonzero(network.open)
    nodes = np.concatenate([network.first[edges], network.last[edges]])
    owner = np.tile(edges, 2)
    order = np.lexsort((owner, -through[owner], nodes))
    nodes, owner = nodes[order], owner[order]
    degree = np.bincount(nodes, minlength=network.nodes)
    start = np.concatenate([[0], np.cumsum(degree)[:-1]])
    several = np.flatnonzero(degree >= 2)
    one, other = owner[start[several]], owner[start[several] + 1]
    third = np.where(degree[several] > 2, through[owner[np.minimum(start[several] + 2, len(owner) - 1)]], 0.0)
    plain = (degree[several] == 2) | (third < _SMALL * through[other])
    alike = (
        plain
        & (through[one] - through[other] <= _SMALL * through[one])
        & (network.names[one] == network.names[other])
        & (network.tunnel[one] == network.tunnel[other])
    ).astype(bool)
    one, other = one[alike], other[alike]
    n = len(network.lines)
    links = csr_array((np.ones(len(one), bool), (one, other)), shape=(n, n))
    _, labels = connected_components(links, directed=False)
    of = np.full(n, -1, np.int64)
    _, of[edges] = np.unique(labels[edges], return_inverse=True)
    return Stretches(of, int(of.max()) + 1)
