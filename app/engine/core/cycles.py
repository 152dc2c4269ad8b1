"""Finds the cycles of a graph, without recursion: a flow may be deeper than Python's stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def cycles_of(after: Mapping[str, Sequence[str]]) -> Iterator[frozenset[str]]:
    """Yield each set of nodes that lie on common cycles (Tarjan's strongly connected components)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    on_path: set[str] = set()
    for root in after:
        work = [(root, iter(after[root]))] if root not in order else []
        while work:
            node_id, targets = work[-1]
            if node_id not in order:
                order[node_id] = low[node_id] = len(order)
                path.append(node_id)
                on_path.add(node_id)
            for target in targets:
                if target not in order:
                    work.append((target, iter(after[target])))
                    break
                if target in on_path:
                    low[node_id] = min(low[node_id], order[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node_id])
                if low[node_id] == order[node_id]:
                    at = _index_from_end(path, node_id)
                    component = frozenset(path[at:])
                    del path[at:]
                    on_path -= component
                    if len(component) > 1 or node_id in after[node_id]:
                        yield component


def _index_from_end(path: list[str], node_id: str) -> int:
    at = len(path) - 1
    while path[at] != node_id:
        at -= 1
    return at
