"""The picture of a flow that pages without scripts, and reports, show."""

from __future__ import annotations

from app.web.drawing import draw
from tests.drawing import flow


def test_a_flow_that_a_program_wrote_without_places_is_laid_out_in_columns_from_its_start():
    tree = flow("start > par ; par > a > join ; par > b > join ; join > end") | {"location": [], "line": []}

    boxes = {box.id: box for box in draw(tree, {}).boxes}

    columns = [{id_ for id_, box in boxes.items() if int(box.x) // 220 == column} for column in range(5)]
    assert columns == [{"start"}, {"par"}, {"a", "b"}, {"join"}, {"end"}]
    assert boxes["a"].y != boxes["b"].y
    assert boxes["start"].y + boxes["start"].height / 2 == boxes["a"].y + boxes["a"].height / 2, "lines go straight"
