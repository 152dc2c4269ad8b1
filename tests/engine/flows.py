"""The six flows that crashes and other adversities are tried on: every way in which a node can be waited for."""

from __future__ import annotations

from tests.drawing import flow, output_of

FLOWS = {
    "chain": flow("start > a > b > c > end", plugin="effect"),
    "fork": flow("start > par ; par > a > join ; par > b > join ; join > c > end", plugin="effect"),
    "poll": flow("start > a > b > end", plugin="polling"),
    "callback": flow("start > a > b > end", plugin="awaiting"),
    "loop": flow(
        "start > a > xor ; xor > a [${n} < 3] ; xor > b [else] > end",
        plugin="effect",
        constants={"${n}": output_of("${n}", "a", "n")},
    ),
    "subprocess": flow(
        "start > a > sub > b > end", plugin="effect", pipelines={"sub": flow("start > x > y > end", plugin="effect")}
    ),
}
