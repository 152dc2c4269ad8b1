"""Random flows for hypothesis: structured ones that are valid, and ones with lines bent at random."""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tests.drawing import flow


class _Builder:
    """Writes a drawing block by block; every block begins at one node and ends at another."""

    def __init__(self, choices: Any) -> None:
        self.draw = choices
        self.count = 0
        self.chains: list[str] = []
        self.children: dict[str, Any] = {}

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def block(self, depth: int) -> tuple[str, str]:
        """Write a random block and return its first and its last node."""
        kinds = ["activity", "activity"] + (
            ["sequence", "exclusive", "parallel", "conditional", "loop", "subprocess"] if depth else []
        )
        return getattr(self, self.draw(st.sampled_from(kinds)))(depth)

    def activity(self, depth: int) -> tuple[str, str]:
        name = self.name("a")
        return name, name

    def subprocess(self, depth: int) -> tuple[str, str]:
        name = self.name("sub")
        self.children[name] = self.draw(trees(depth - 1))
        return name, name

    def sequence(self, depth: int) -> tuple[str, str]:
        blocks = [self.block(depth - 1) for _ in range(self.draw(st.integers(2, 3)))]
        for (_, last), (first, _) in pairwise(blocks):
            self.chains.append(f"{last} > {first}")
        return blocks[0][0], blocks[-1][1]

    def exclusive(self, depth: int) -> tuple[str, str]:
        gateway, merge = self.name("xor"), self.name("join") if self.draw(st.booleans()) else self.name("a")
        chosen, branches = self.draw(st.integers(0, 2)), self.draw(st.integers(2, 3))
        for i in range(branches):
            first, last = self.block(depth - 1)
            condition = "else" if i == branches - 1 else f"{i} == {chosen}"
            self.chains.append(f"{gateway} > {first} [{condition}]")
            self.chains.append(f"{last} > {merge}")
        return gateway, merge

    def parallel(self, depth: int, gateway: str = "par") -> tuple[str, str]:
        fork, join = self.name(gateway), self.name("join")
        for i in range(self.draw(st.integers(1, 3))):
            first, last = self.block(depth - 1)
            condition = (
                ""
                if gateway == "par"
                else f" [{i} == {i}]"
                if self.draw(st.booleans()) or i == 0
                else f" [{i} == {i + 1}]"
            )
            self.chains.append(f"{fork} > {first}{condition}")
            self.chains.append(f"{last} > {join}")
        return fork, join

    def conditional(self, depth: int) -> tuple[str, str]:
        return self.parallel(depth, "cpg")

    def loop(self, depth: int) -> tuple[str, str]:
        entry, gateway, out = self.name("a"), self.name("xor"), self.name("a")
        first, last = self.block(depth - 1)
        self.chains.append(f"{entry} > {first}")
        self.chains.append(f"{last} > {gateway}")
        # The loop turns back once: the second pass of its entry is its last.
        self.chains.append(f"{gateway} > {entry} [${{passes_{entry}}} == 0]")
        self.chains.append(f"{gateway} > {out} [else]")
        return entry, out


@st.composite
def trees(draw: Any, depth: int = 3) -> dict[str, Any]:
    """A valid flow of random structure; loops turn back once."""
    builder = _Builder(draw)
    first, last = builder.block(depth)
    drawing = " ; ".join([f"start > {first}", *builder.chains, f"{last} > end"])
    constants = {
        f"${{passes_a{i}}}": {
            "source_type": "component_outputs",
            "source_info": {f"a{i}": ["_loop"]},
            "show_type": "hide",
        }
        for i in range(builder.count + 1)
        if f"passes_a{i}}}" in drawing
    }
    return flow(drawing, pipelines=builder.children, constants=constants)


@st.composite
def bent_trees(draw: Any) -> dict[str, Any]:
    """A flow some of whose lines lead elsewhere than they should; most are not valid."""
    tree = copy.deepcopy(draw(trees(2)))
    for flow_id in draw(st.lists(st.sampled_from(sorted(tree["flows"])), max_size=2)):
        line = tree["flows"][flow_id]
        line["target"] = draw(st.sampled_from([*sorted(tree["activities"]), *sorted(tree["gateways"]), "end"]))
    _write_lines_into_nodes(tree)
    return tree


def _write_lines_into_nodes(tree: dict[str, Any]) -> None:
    nodes = {**tree["activities"], **tree["gateways"], "start": tree["start_event"], "end": tree["end_event"]}
    for id_, node in nodes.items():
        node["incoming"] = [f for f, line in tree["flows"].items() if line["target"] == id_]
        node["outgoing"] = [f for f, line in tree["flows"].items() if line["source"] == id_]
