"""The client stands alone, and has what the API has."""

from __future__ import annotations

import subprocess
import sys

import httpx
import pytest

from app.client.connection import Credentials, Refused, Sluice, Unreachable
from app.client.profile import BadProfile, Profile, keep_profile, path_of, read_profile
from tests.client.generate import OPERATIONS, SHAPES, render
from tests.startup.test_supervise import ROOT


def answering(status: int, body: object) -> Sluice:
    """A client whose every call gets this answer."""
    client = Sluice("http://sluice.test/", Credentials("app", "secret"))
    kind = {"json": body} if not isinstance(body, str) else {"text": body}
    client._http._transport = httpx.MockTransport(lambda request: httpx.Response(status, **kind))
    return client


def test_its_methods_and_types_are_those_of_the_openapi_document():
    shapes, operations = render()
    assert SHAPES.read_text(encoding="utf-8") == shapes, "run `python -m tests.client.generate`"
    assert OPERATIONS.read_text(encoding="utf-8") == operations


def test_it_loads_without_the_server():
    code = "import sys, app.client.command; sys.exit(bool({'flask', 'sqlalchemy', 'redis', 'rq'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_a_refusal_is_raised_with_its_words_and_its_code():
    with pytest.raises(Refused, match="task not started") as refused:
        answering(200, {"result": False, "message": "task not started", "code": 3545000}).start_task(1, 2)
    assert refused.value.code == 3545000


@pytest.mark.parametrize(
    ("status", "body"), [(502, "<html>Bad gateway</html>"), (200, "[]"), (500, {"message": "trouble"})]
)
def test_an_answer_that_is_not_of_sluice_is_told_from_a_refusal(status, body):
    with pytest.raises(Unreachable, match=f"answers {status}"):
        answering(status, body).get_user_project_list()


def test_lists_and_truths_are_written_as_the_api_reads_them():
    seen = []
    client = answering(200, {})
    client._http._transport = httpx.MockTransport(
        lambda r: seen.append(r.url.query) or httpx.Response(200, json={"result": True})
    )
    client.get_task_list(2, template_ids=[1, 2], is_started=True)
    assert seen == [b"template_ids=1%2C2&is_started=true"]


class TestProfile:
    def test_only_its_owner_can_read_it(self, tmp_path):
        environ = {"XDG_CONFIG_HOME": str(tmp_path)}
        path = keep_profile(Profile("http://a", "app", "secret", project=2), environ)
        assert path == path_of(environ)
        assert path.stat().st_mode & 0o777 == 0o600

    def test_the_environment_goes_before_what_is_kept(self, tmp_path):
        environ = {"XDG_CONFIG_HOME": str(tmp_path)}
        keep_profile(Profile("http://a", "app", "secret", project=2), environ)
        found = read_profile({**environ, "SLUICE_CLIENT_URL": "http://b", "SLUICE_CLIENT_PROJECT": "7"})
        assert found == Profile("http://b", "app", "secret", project=7)

    def test_what_cannot_be_read_is_told(self, tmp_path):
        environ = {"SLUICE_CLIENT_FILE": str(tmp_path / "kept.json")}
        (tmp_path / "kept.json").write_text('{"colour": "red"}')
        with pytest.raises(BadProfile, match="no profile"):
            read_profile(environ)
        with pytest.raises(BadProfile, match="whole number"):
            read_profile({"SLUICE_CLIENT_FILE": str(tmp_path / "none"), "SLUICE_CLIENT_PROJECT": "mine"})
