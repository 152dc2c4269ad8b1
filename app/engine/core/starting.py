"""Where a run may begin other than at its start event."""

from __future__ import annotations

from app.engine.core.graph import Graph, Kind

_BEGINS = frozenset({Kind.START, Kind.ACTIVITY, Kind.EXCLUSIVE, Kind.PARALLEL, Kind.CONDITIONAL})


def start_positions(graph: Graph) -> frozenset[str]:
    """Return the nodes at which a run may begin: those outside of every parallel branch, by kind.

    A token that began inside a branch would wait at the converge for branches that nobody has sent out. Converges,
    subprocesses and the end are left out as bk-sops leaves them out.
    """
    seen, left = {graph.start}, [graph.start]
    while left:
        node = graph.nodes[left.pop()]
        targets = (node.converge,) if node.converge else tuple(flow.target for flow in node.outgoing)
        for target in targets:
            if target not in seen:
                seen.add(target)
                left.append(target)
    return frozenset(node_id for node_id in seen if graph.nodes[node_id].kind in _BEGINS)
