"""The reference is what the operations and the cases say; and the service keeps to it, whatever is sent."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from app.api.bksops.operation import OPERATIONS
from tests.api.bksops.reference import EXAMPLES, PAGE, render, render_examples
from tests.api.bksops.world import World


@pytest.fixture
def world(make_app, sqlite_url):
    app = make_app(sqlite_url)
    with app.app_context():
        yield World.of(app)


def test_the_page_and_the_examples_are_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == render(), "run `python -m tests.api.bksops.reference`"
    assert EXAMPLES.read_text(encoding="utf-8") == render_examples()


def test_every_operation_is_in_the_document_and_on_the_page(world):
    document = world.client.raw_at("/api/openapi.json").get_json()

    told = {method["operationId"] for methods in document["paths"].values() for method in methods.values()}
    assert told == set(OPERATIONS)
    created = document["paths"]["/apigw/create_task/{template_id}/{project_id}/"]["post"]
    examples = created["requestBody"]["content"]["application/json"]["examples"]
    assert examples["a task is made"]["value"] == {"name": "restart", "constants": {"${who}": "you"}}
    page = world.client.raw_at("/api/").get_data(as_text=True)
    assert all(f'id="{name}"' in page for name in OPERATIONS)


def test_every_schema_is_one(world):
    for operation in OPERATIONS.values():
        Draft202012Validator.check_schema(operation.takes)
        Draft202012Validator.check_schema(operation.gives)
        json.dumps(operation.gives)
