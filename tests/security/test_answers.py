"""What answers are sent with, and addresses and headers that are made to lead elsewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import g

from app.engine.dispatch import InlineDispatcher
from app.extensions import db
from app.factory import create_app
from app.services import accounts
from app.services.access import SYSTEM, find_project
from app.services.templates import create_template
from app.settings import Settings
from tests.drawing import flow
from tests.web.editor_client import Editor, make_people

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def site(sqlite_mould, tmp_path_factory):
    """An application with an editor, for all attacks here: none of them changes anything."""
    folder = tmp_path_factory.mktemp("site")
    url = f"sqlite:///{shutil.copyfile(sqlite_mould, folder / 'site.db')}"
    environ = {"SLUICE_DATA_DIR": str(folder), "SLUICE_DATABASE_URL": url, "SLUICE_SECRET_KEY": "test" * 8}
    app = create_app(Settings.from_environ(environ), InlineDispatcher())
    with app.app_context():
        accounts.create_project("One", 2, "UTC")
        make_people(ed="editor")
        yield app
        db.session.remove()
        db.engine.dispose()


PATHS = ("/login", "/nothing", "/static/canvas/sluice.svg", "/healthz", "/apigw/get_template_list/2/", "/v2/template")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_a_policy_that_lets_no_script_be_written_into_a_page(site, path):
    with site.test_client().get(path) as answer:
        headers = answer.headers

    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy.get("script-src", "'self'") == "'self'"
    assert (policy["object-src"], policy["base-uri"], policy["frame-ancestors"]) == ("'none'",) * 3
    assert policy["form-action"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


def test_browsers_are_told_to_keep_to_tls_where_there_is_some(make_app, sqlite_url):
    assert "Strict-Transport-Security" not in make_app(sqlite_url).test_client().get("/login").headers
    app = make_app(sqlite_url, SLUICE_BASE_URL="https://sluice.example.com")
    assert app.test_client().get("/login").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_templates_hold_no_script_and_no_handler():
    for path in (ROOT / "app/templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*(\bsrc=|application/json))", text), path.name
        assert not re.search(r"\son[a-z]+=[\"']", text), path.name
        assert not re.search(r"\|\s*safe\b|Markup\(|autoescape\s+false|javascript:", text), path.name


ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example", "/\t/evil.example/", "/\n/evil.example/",
    "\t//evil.example/", "javascript:alert(1)", "http:evil.example", "///evil.example", "/%0d%0aSet-Cookie:a=b",
    "/ok\r\nSet-Cookie: a=b",
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE, ids=ascii)
def test_a_login_leads_to_our_own_pages_only(site, target):
    http = site.test_client()
    g.pop("_login_user", None)
    token = re.search(r'name="csrf" value="([^"]+)"', http.get("/login").text)[1]
    form = {"csrf": token, "username": "ed", "password": "opensesame"}
    answer = http.post("/login", query_string={"next": target}, data=form)

    assert answer.status_code == 302
    # As browsers read it: they leave tabs and line breaks out, and take \ for /.
    place = re.sub(r"[\t\r\n]", "", answer.headers["Location"]).replace("\\", "/")
    assert re.match(r"/(?!/)", place)
    assert all(cookie.startswith(("session=", "known_browser=")) for cookie in answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize(
    "referer", ["https://evil.example/", "http://localhost.evil.example/", "http://localhost@evil.example/"]
)
def test_a_refused_form_leads_back_to_our_own_pages_only(site, referer):
    ed = Editor(site, "ed")
    answer = ed.http.post("/projects/1/hosts/new", data={"csrf": ed.csrf, "address": ""}, headers={"Referer": referer})
    assert answer.headers.get("Location", "/") == "/"


@pytest.mark.parametrize(
    "name", ['a"; filename="evil.html', "a\r\nSet-Cookie: a=b", "../../etc/passwd", "a/b\\c", "中文", "\u202efdp.exe"]
)
@pytest.mark.parametrize("form", ["yaml", "dat", "json"])
def test_a_file_is_named_so_that_it_adds_no_header_and_no_folder(site, name, form):
    made = create_template(SYSTEM, find_project(SYSTEM, 2), name, flow("start > a > end")).id
    answer = Editor(site, "ed").ask("GET", f"/flows/{made}/export/{form}")

    assert answer.status_code == 200
    said = answer.headers.getlist("Content-Disposition")
    assert len(said) == 1
    assert "Set-Cookie" not in answer.headers or "a=b" not in answer.headers["Set-Cookie"]
    assert said[0].startswith("attachment;")
    assert not re.search(r'[\r\n/\\]|%2F|%5C|; filename="evil', said[0].replace("filename*=UTF-8''", ""), re.IGNORECASE)


@pytest.mark.parametrize(
    "path",
    [
        "../settings.py",
        "..%2fsettings.py",
        "%2e%2e/settings.py",
        "..\\settings.py",
        "dist/../../settings.py",
        "/etc/passwd",
    ],
)
def test_static_files_come_from_their_folder_only(site, path):
    answer = site.test_client().get(f"/static/{path}")
    assert answer.status_code in (301, 308, 404)
    assert b"Settings" not in answer.data


def test_a_call_with_a_line_break_in_its_address_or_headers_adds_none(site):
    answer = site.test_client().get("/projects/1%0d%0aSet-Cookie:%20a=b/")
    assert answer.status_code in (302, 404)
    assert "a=b" not in str(answer.headers.getlist("Set-Cookie"))


SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\\n|\s)+(?!c2VjcmV0)\w|AKIA[0-9A-Z]{16}|\bgh[pousr]_\w{30}|\bxox[abp]-\w{10}"
    r"|AIza[\w-]{35}|sk_live_\w|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}|gAAAAA[\w-]{60,}"
)
"""Private keys, and what the tokens of well-known services and our own seals look like."""


def test_there_are_no_secrets_in_the_repository():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not in a repository")
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    assert len(files) > 100

    names = [
        f.name
        for f in files
        if re.search(r"(^|\.)env$|secret_key$|\.(pem|key|p12|pfx|db|sqlite3?)$|^id_(rsa|ed25519)", f.name)
    ]
    found = [f"{f.relative_to(ROOT)}: {m[0][:20]}" for f in files if f.is_file() for m in SECRETS.finditer(_text(f))]
    assert names == []
    assert found == []


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")
