"""The containers of docs/deploy.md: what the compose file and the image say is there, and the settings are settings."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
import yaml

from app.settings import TABLE, Settings
from tests.startup.test_supervise import ROOT

FOLDER = ROOT / "docs" / "files" / "docker"
GIVEN = {"POSTGRES_PASSWORD": "pw", "SLUICE_SECRET_KEY": "s" * 48, "SLUICE_BASE_URL": "https://sluice.example.com"}


def filled(text: str) -> str:
    """Put the values of .env in, as compose does; what has no default must be given."""
    found = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")
    return found.sub(lambda m: GIVEN[m[1]] if m[2] != "-" else GIVEN.get(m[1], m[3]), text)


@pytest.fixture
def compose() -> dict:
    return yaml.safe_load(filled((FOLDER / "compose.yaml").read_text()))


def own(compose: dict) -> dict[str, dict]:
    """The services that run our image."""
    return {name: service for name, service in compose["services"].items() if service["image"] == "sluice"}


def test_every_process_there_is_runs_and_nothing_that_is_not(compose):
    modules = {service["command"][0] for service in own(compose).values()}
    assert modules == {"jobs.prepare", "jobs.web", "jobs.worker", "jobs.scheduler"}
    assert all((ROOT / f"{module.replace('.', '/')}.py").exists() for module in modules)


def test_each_process_takes_the_settings_that_it_is_given(compose, tmp_path, monkeypatch):
    known = {setting.variable for setting in TABLE}
    for name, service in own(compose).items():
        given = service["environment"]
        assert set(given) <= known, name
        settings = Settings.from_environ({**given, "SLUICE_DATA_DIR": str(tmp_path)})
        assert (settings.is_production, settings.embeds_redis) == (True, False)
        assert settings.database_url == "postgresql+psycopg://sluice:pw@database/sluice"


def test_what_they_wait_for_and_reach_is_there(compose):
    services = compose["services"]
    for service in services.values():
        for name, wanted in service.get("depends_on", {}).items():
            assert wanted["condition"] != "service_healthy" or "healthcheck" in services[name]
    settings = own(compose)["web"]["environment"]
    for key in ("SLUICE_DATABASE_URL", "SLUICE_REDIS_URL"):
        assert re.search(r"[@/](database|queue)\b", settings[key])[1] in services
    named = {volume.partition(":")[0] for service in services.values() for volume in service["volumes"]}
    assert named == set(compose["volumes"])


def test_the_health_check_asks_the_port_that_the_web_server_listens_on(compose, make_app, sqlite_url):
    web = compose["services"]["web"]
    port, path = re.search(r"127\.0\.0\.1:(\d+)(/\w+)", " ".join(web["healthcheck"]["test"])).groups()
    assert (port, web["environment"]["SLUICE_PORT"]) == ("5000", "5000")
    assert web["ports"] == [f"{port}:{port}"]
    assert make_app(sqlite_url).test_client().get(path).status_code == 200


def test_a_web_server_is_ready_without_workers_and_not_without_a_database(make_app, sqlite_url, monkeypatch):
    client = make_app(sqlite_url).test_client()
    monkeypatch.setattr("app.services.health._database", lambda: "unreachable")
    assert client.get("/readyz").status_code == 503


def test_the_image_is_made_of_what_there_is(compose):
    text = (FOLDER / "Dockerfile").read_text()
    built = own(compose)["web"]["build"]
    assert (FOLDER / built["context"] / built["dockerfile"]).resolve() == FOLDER / "Dockerfile"
    copied = [word for line in re.findall(r"^COPY (?!--)(.+)$", text, re.MULTILINE) for word in line.split()[:-1]]
    assert all((ROOT / name).exists() for name in copied)
    let = {line[1:] for line in (FOLDER / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")}
    assert let == set(copied)
    assert json.loads(re.search(r"^ENTRYPOINT (.+)$", text, re.MULTILINE)[1]) == [".venv/bin/python", "-m"]
    assert set(re.findall(r"SLUICE_\w+", text)) <= {setting.variable for setting in TABLE}


def test_the_commands_of_the_page_name_files_services_and_profiles_that_are_there(compose):
    page = (ROOT / "docs" / "deploy.md").read_text()
    commands = re.findall(r"docker compose [^`\n]+", page)
    assert len(commands) >= 3
    for command in commands:
        assert (ROOT / re.search(r"-f (\S+)", command)[1]).samefile(FOLDER / "compose.yaml"), command
    services = compose["services"]
    assert set(re.findall(r"compose\.yaml logs (\w+)", page)) | set(re.findall(r"--scale (\w+)=", page)) == {
        "prepare",
        "worker",
    }
    assert {"prepare", "worker"} <= set(services)
    asked = set(re.findall(r"\$\{(\w+):\?", (FOLDER / "compose.yaml").read_text()))
    written = re.search(r"\.env <<END\n(.+?)END\n", page, re.DOTALL)[1]
    assert asked == set(re.findall(r"(\w+)=", written))


@pytest.mark.soak
@pytest.mark.skipif(shutil.which("docker") is None, reason="needs Docker: apt-get install docker.io docker-compose-v2")
def test_compose_takes_the_file(tmp_path):
    (tmp_path / ".env").write_text("".join(f"{key}={value}\n" for key, value in GIVEN.items()))
    command = [
        "docker",
        "compose",
        "--env-file",
        str(tmp_path / ".env"),
        "-f",
        str(FOLDER / "compose.yaml"),
        "config",
        "-q",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unknown" in done.stderr or "is not a docker command" in done.stderr:
        pytest.skip("docker has no compose here: apt-get install docker-compose-v2")
    assert (done.returncode, done.stderr) == (0, "")
