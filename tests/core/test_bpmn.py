"""A flow as BPMN 2.0: every node and line of it, in the order and with the names that the standard wants."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings

from app.engine.core.bpmn import DC, DI, EDGE, MODEL, OURS, write_bpmn
from app.engine.core.tree_reading import parse_tree
from tests.drawing import flow
from tests.strategies import trees

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
ORDER = ("documentation", "extensionElements", "incoming", "outgoing", "conditionExpression")
BPMN = {"b": MODEL, "d": DI, "c": DC, "e": EDGE}
SEEDS = sorted((Path(__file__).parent.parent / "data" / "trees").glob("*.json"))


def written(tree: dict[str, Any], name: str = "a flow", description: str = "") -> Xml.Element:
    """Write a flow, read it, and hold it against the rules of the standard."""
    root = Xml.fromstring(write_bpmn(parse_tree(tree), name, description))
    check_rules(root, tree)
    return root


def check_rules(root: Xml.Element, tree: dict[str, Any]) -> None:
    ids = [element.get("id") for element in root.iter() if element.get("id") is not None]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", id_) for id_ in ids)
    assert [child.tag for child in root] == [f"{{{MODEL}}}process", f"{{{DI}}}BPMNDiagram"]
    process = root[0]
    flows = {e.get("id"): e for e in process.findall("b:sequenceFlow", BPMN)}
    nodes = {e.get("id"): e for e in process if e.get("id") and e.get("id") not in flows}
    assert len(flows) == len(tree["flows"])
    assert len(nodes) == len(tree["activities"]) + len(tree["gateways"]) + 2
    for element in (*nodes.values(), *flows.values()):
        ranks = [ORDER.index(child.tag.split("}")[1]) for child in element]
        assert ranks == sorted(ranks)
    for id_, element in flows.items():
        source, target = nodes[element.get("sourceRef")], nodes[element.get("targetRef")]
        assert id_ in [out.text for out in source.findall("b:outgoing", BPMN)]
        assert id_ in [into.text for into in target.findall("b:incoming", BPMN)]
    for element in nodes.values():
        assert {e.text for e in (*element.findall("b:incoming", BPMN), *element.findall("b:outgoing", BPMN))} <= set(
            flows
        )
        if element.get("default"):
            assert flows[element.get("default")].get("sourceRef") == element.get("id")
    (plane,) = root[1]
    assert plane.get("bpmnElement") == process.get("id")
    assert {s.get("bpmnElement") for s in plane.findall("d:BPMNShape", BPMN)} == set(nodes)
    assert {e.get("bpmnElement") for e in plane.findall("d:BPMNEdge", BPMN)} == set(flows)
    for edge in plane.findall("d:BPMNEdge", BPMN):
        points = [(float(p.get("x")), float(p.get("y"))) for p in edge.findall("e:waypoint", BPMN)]
        assert len(points) >= 2
        assert all(x == u or y == v for (x, y), (u, v) in pairwise(points)), "across or down"


def tags(root: Xml.Element) -> dict[str, str]:
    return {e.get("id"): e.tag.split("}")[1] for e in root[0] if e.get("id")}


def test_every_kind_of_node_has_its_element():
    tree = flow(
        "start > a > par ; par > b > join1 ; par > sub > join1 ; join1 > cpg ; cpg > c [1 == 1] > join2 ;"
        " cpg > d [1 == 2] > join2 ; join2 > xor ; xor > e [1 == 1] > join3 ; xor > f [else] > join3 ; join3 > end"
    )  # fmt: skip

    found = tags(written(tree))
    assert {id_: found[id_] for id_ in ("start", "end", "a", "sub", "par", "cpg", "xor", "join1", "join2", "join3")} == {
        "start": "startEvent", "end": "endEvent", "a": "serviceTask", "sub": "callActivity", "par": "parallelGateway",
        "cpg": "inclusiveGateway", "xor": "exclusiveGateway", "join1": "parallelGateway", "join2": "inclusiveGateway",
        "join3": "exclusiveGateway",
    }  # fmt: skip


def test_a_converge_that_one_branch_reaches_by_two_lines_waits_for_tokens_not_for_lines():
    drawing = "start > par ; par > xor ; xor > a [1 == 1] > join ; xor > b [else] > join ; par > c > join ; join > end"

    assert tags(written(flow(drawing)))["join"] == "inclusiveGateway"


def test_conditions_and_defaults_stand_on_the_lines():
    tree = flow("start > xor ; xor > a [${x} gt 1] > end ; xor > b [else] > end", constants={"${x}": {"value": 1}})
    root = written(tree)

    found = {e.get("id"): e for e in root[0].findall("b:sequenceFlow", BPMN)}
    (expression,) = found["f2"]
    assert (expression.text, expression.get(XSI_TYPE)) == ("${x} > 1", "bpmn:tFormalExpression")
    assert f'xmlns:bpmn="{MODEL}"' in write_bpmn(parse_tree(tree), "", "")
    assert list(found["f4"]) == []
    assert root[0].find("b:exclusiveGateway", BPMN).get("default") == "f4"
    assert found["f2"].get("name") == "${x} > 1"


def test_what_users_write_is_text_and_nothing_else():
    nasty = '"/><b:task id="x"/><!-- ]]> & \x00 \x0b \n é 中'
    tree = flow("start > a > end", nodes={"a": {"name": nasty}})
    root = written(tree, nasty, nasty)

    told = nasty.replace("\x00", "\ufffd").replace("\x0b", "\ufffd")
    assert root[0].get("name") == told
    assert root[0].find("b:documentation", BPMN).text == told
    assert root[0].find("b:serviceTask", BPMN).get("name") == told


def test_ids_that_xml_does_not_know_become_others_and_stay_apart():
    tree = flow("start > 1a > node_1a > é > f1 > end", nodes={"1a": {"name": "one"}})

    found = tags(written(tree))
    assert len(found) == 6 + 5
    assert {"node_1a", "node_1a_2", "node__", "f1", "f1_2"} <= set(found)


def test_a_plugin_and_the_flow_of_a_subprocess_are_named_and_no_value_is_told():
    tree = flow("start > a > sub > end", inputs={"a": {"bk_display_message": "hunter2"}})
    tree["activities"]["sub"]["template_id"] = "12"
    root = written(tree)

    assert root[0].find("b:serviceTask", BPMN).get(f"{{{OURS}}}plugin") == "bk_display"
    assert root[0].find("b:callActivity", BPMN).get("calledElement") == "flow_12"
    assert "hunter2" not in Xml.tostring(root, encoding="unicode")


def test_nodes_stand_where_the_canvas_has_them_and_lines_begin_on_their_sides():
    tree = flow("start > a > end")
    tree["location"][1] |= {"x": 300.5, "y": 40}
    tree["line"][0]["target"]["arrow"] = "Top"
    root = written(tree)

    bounds = root.find(".//d:BPMNShape[@bpmnElement='a']/c:Bounds", BPMN)
    assert (bounds.get("x"), bounds.get("y"), bounds.get("width"), bounds.get("height")) == ("300.5", "40", "154", "54")
    points = [(p.get("x"), p.get("y")) for p in root.findall(".//d:BPMNEdge[@bpmnElement='f1']/e:waypoint", BPMN)]
    assert points == [("114", "167"), ("377.5", "167"), ("377.5", "40")]


@pytest.mark.parametrize("junk", [None, [], [{"id": "a", "x": "far", "y": True}], [{"id": ["a"]}, {"x": 1}]])
def test_a_flow_without_a_picture_is_drawn_in_a_row(junk):
    tree = flow("start > a > end")
    tree["location"], tree["line"] = junk, None

    xs = [float(b.get("x")) for b in written(tree).findall(".//c:Bounds", BPMN)]
    assert xs == sorted(xs)


@settings(max_examples=100, deadline=None)
@given(trees(3))
def test_any_valid_flow_can_be_written(tree):
    written(tree)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_the_flows_of_the_documents_can_be_written(path):
    import json

    written(json.loads(path.read_text(encoding="utf-8")))
