"""How much the database grows with each node that is run, its indexes and what updates leave behind included."""

from __future__ import annotations

from app.extensions import db
from app.services.access import SYSTEM
from app.services.storage import Storage, storage
from benchmarks.ground import Ground
from tests.drawing import flow

_TASKS, _NODES = 100, 10
_MOST_TOLD = 5


def measure_growth(ground: Ground) -> None:
    """Run short flows one after another, and print the bytes that each node has left; the largest shares by table."""
    before = _taken()
    for _ in range(_TASKS):
        task_id = ground.order(flow("start > " + " > ".join(f"a{i}" for i in range(_NODES)) + " > end"))
        ground.start(task_id)
        ground.wait([task_id])
    after, nodes = _taken(), _TASKS * _NODES
    sizes = {table.name: table.size_bytes for table in before.tables}
    grown = {table.name: (table.size_bytes - sizes.get(table.name, 0)) / nodes for table in after.tables}
    shares = ", ".join(
        f"{name} {grew:.0f}" for name, grew in sorted(grown.items(), key=lambda item: -item[1])[:_MOST_TOLD]
    )
    print(f"  growth: {sum(grown.values()):.0f} bytes a node in flows of {_NODES} ({shares})\n")


def _taken() -> Storage:
    found = storage(SYSTEM)
    db.session.rollback()
    return found
