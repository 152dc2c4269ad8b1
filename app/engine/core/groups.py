"""Worker groups: which workers may carry a node out."""

from __future__ import annotations

import re
from dataclasses import replace

from app.engine.core.graph import Graph, Node

DEFAULT_GROUP = "default"
"""The group of whatever names none."""

ANYONE = "*"
"""In place of a group: what calls no plugin, any worker may move on."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def is_group(name: str) -> bool:
    """Say whether a text can be the name of a group."""
    return _NAME.fullmatch(name) is not None


def group_of(node: Node) -> str:
    """Return whose workers may move a token on that is at a node."""
    if not node.plugin or node.child is not None:
        return ANYONE
    return node.worker_group or DEFAULT_GROUP


def in_group(graph: Graph, group: str) -> Graph:
    """Put the nodes of a graph, and of those below it, that name no group themselves into one."""
    nodes = {}
    for node in graph.nodes.values():
        child = None if node.child is None else in_group(node.child, group)
        nodes[node.id] = replace(node, worker_group=node.worker_group or group, child=child)
    return replace(graph, nodes=nodes)
