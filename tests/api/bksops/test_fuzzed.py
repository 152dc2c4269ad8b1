"""Schemathesis sends what the document allows and what it does not: no 500, no reply outside its schema."""

from __future__ import annotations

import contextlib
import itertools

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from app.api.bksops.operation import OPERATIONS
from tests.api.bksops.world import World

CREDENTIALS = '{"bk_app_code": "tester", "bk_app_secret": "s3cret", "bk_username": "alice"}'


@pytest.fixture
def schema(make_app, sqlite_url):
    app = make_app(sqlite_url, SLUICE_API_RATE="")
    with app.app_context():
        world = World.of(app)
        for step in ("waiting", "optional nodes", "function task"):
            world.give(step)
        yield schemathesis.openapi.from_wsgi("/api/openapi.json", app)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_sent(schema, mode):
    numbers = itertools.cycle((1, 2, 3, 99))
    for name in sorted(OPERATIONS):
        _attack(schema.find_operation_by_id(name), OPERATIONS[name].ids, numbers, mode)


def _attack(operation, ids, numbers, mode):
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True,
        phases=[Phase.generate],
    )  # fmt: skip
    def send(case):
        # Most of what is made up is about things that are there.
        case.path_parameters = {key: 2 if key == "project_id" else next(numbers) for key in ids}
        case.headers["X-Bkapi-Authorization"] = CREDENTIALS
        case.call_and_validate(checks=[not_a_server_error, response_schema_conformance])

    # Some operations take nothing that could be wrong.
    with contextlib.suppress(Unsatisfiable):
        send()
