"""The product in English and in Chinese."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from app.languages import TRANSLATIONS, calls_in, catalogue, missing, script_words
from app.services.first_start import first_start
from jobs.setup import compile_words
from tests.web.test_pages import Person

ROOT = Path(__file__).parent.parent.parent
SCRIPTS = sorted((ROOT / "app/static/canvas").rglob("*.js"))
TEMPLATES = sorted((ROOT / "app/templates").glob("*.html"))
CHINESE = "zh_Hans_CN"
FORWARDS = ["const words = t(message);"]
"""Where the canvas shows what the server's rules say."""
PROPER_NAMES = {"Sluice", "ops@example.org, night@example.org", "https://chat.example.org/hook/…"}
MARKS_OF_A_FIELD = 'is-invalid" aria-invalid="true" aria-describedby="{{ field }}-wrong'
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+(?:![rs])?(?::\w+)?\}|\{\{|\}\}|<[^>]*>|%%")


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    compile_words()


@pytest.fixture(scope="module")
def messages():
    return [message for message in catalogue(CHINESE) if message.id]


@pytest.fixture
def person(make_app, sqlite_url):
    app = make_app(sqlite_url, SLUICE_ADMIN_PASSWORD="opensesame")
    with app.app_context():
        first_start(app.config["SLUICE"])
        made = Person(app)
    return made


def choose(person, language: str):
    """Choose a language on the page that stands there, and return to it."""
    page = person.get("/")
    token = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
    return person.http.post(
        "/language", data={"csrf": token, "language": language}, headers={"Referer": "http://localhost/"},
        follow_redirects=True,
    )  # fmt: skip


def first(message_id) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def test_every_text_of_the_product_stands_in_the_catalogue(messages):
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {
        "_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "say": None, "NotFound": (1,),
    }  # fmt: skip
    wanted = {
        first(text)
        for _, _, text, _, _ in extract_from_dir(
            ROOT / "app", [(re.sub(r"^app/", "", p), m) for p, m in methods],
            {re.sub(r"^app/", "", p): o for p, o in options.items()}, keywords,
        )
    }  # fmt: skip

    assert len(wanted) > 1000
    assert wanted - {first(message.id) for message in messages} == set(), "make words"
    assert missing(catalogue(CHINESE)) == []


def test_translations_keep_the_placeholders_and_the_markup_of_their_texts(messages):
    for message in messages:
        texts = [message.string] if isinstance(message.string, str) else message.string
        for text in texts:
            assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(first(message.id))), message.id
            assert text.count('"') == first(message.id).count('"'), "a quote could end an attribute"


def test_a_page_is_chinese_for_a_browser_that_asks_for_it(person):
    page = person.http.get("/login", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}).text

    assert '<html lang="zh-Hans-CN">' in page
    assert ">密码<" in page
    assert ">Password<" not in page


@pytest.mark.parametrize("asked", ["", "en-GB", "fr", "fr,en;q=0.5,zh;q=0.4", "zh;q=0"])
def test_a_page_is_english_for_other_browsers(person, asked):
    page = person.http.get("/login", headers={"Accept-Language": asked} if asked else {}).text

    assert '<html lang="en">' in page
    assert ">Password<" in page


def test_a_language_that_was_chosen_stays_through_login_and_logout(person):
    assert ">密码<" in choose(person, CHINESE).text

    page = person.log_in().text
    assert '<html lang="zh-Hans-CN">' in page
    assert ">执行流程<" in page

    assert ">登录<" in person.send("/logout", page).text

    assert ">Log in<" in choose(person, "en").text


def test_a_page_is_shown_again_by_itself_where_scripts_run(person):
    token = re.search(r'name="csrf" value="([^"]+)"', person.get("/login")).group(1)
    answer = person.http.post("/language", data={"csrf": token, "language": CHINESE}, headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")


@pytest.mark.parametrize("path", ["flows/", "flows/2/", "tasks/", "schedules/", "schedules/new", "schedules/notices/"])
def test_pages_can_be_shown_in_chinese(person, path):
    person.log_in()
    choose(person, CHINESE)
    page = person.get(f"/projects/1/{path}")

    assert '<html lang="zh-Hans-CN">' in page
    assert "计划任务" in page


def test_a_language_that_there_is_not_is_refused(person):
    assert choose(person, "xx").status_code == 400


def test_choosing_needs_the_token_of_the_session(person):
    assert person.http.post("/language", data={"language": CHINESE}).status_code == 400


def test_the_editor_is_given_its_words(person):
    person.log_in()
    english = _data(person.get("/projects/1/flows/new"))
    choose(person, CHINESE)
    chinese = _data(person.get("/projects/1/flows/new"))

    assert english["words"] == {}
    assert chinese["words"]["Save draft"] == "保存草稿"


def test_scripts_are_given_every_word_that_they_use_and_no_other():
    used = {call.text for script in SCRIPTS for call in calls_in(script.read_text()) if call.text is not None}

    assert set(script_words(CHINESE)) == used


def test_calls_are_found_in_nested_template_strings():
    script = 'html`<a title=${t("one")}>${x ? html`${[1].map((n) => `${t("two", { n })}/}`)} t("no")` : /t\\("no"\\)/}</a>`; // t("no")'

    assert [call.text for call in calls_in(script)] == ["one", "two"]


def test_no_call_with_a_text_is_overlooked():
    for script in SCRIPTS:
        written = script.read_text()
        plainly = len(re.findall(r"""(?<![\w.$])t\(\s*["'`]""", written))
        assert sum(call.text is not None for call in calls_in(written)) == plainly, script


def test_scripts_translate_literal_texts_only():
    others = [c.written for s in SCRIPTS for c in calls_in(s.read_text()) if c.text is None and s.name != "words.js"]

    assert sorted(others) == sorted(FORWARDS)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_text_that_cannot_be_translated(template):
    written = re.sub(r"\{#.*?#\}|\{%-?\s*trans\b.*?endtrans\s*-?%\}", "", template.read_text(), flags=re.S)
    shown = re.findall(r"""\{\{-?\s*["'][A-Z][^}]*""", written)
    reader = Visible()
    written = written.replace(MARKS_OF_A_FIELD, "")
    reader.feed(re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", written, flags=re.S))

    assert [text for text in reader.texts if text not in PROPER_NAMES] == []
    assert shown == []


class Visible(HTMLParser):
    """Collects what a reader sees or hears of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.quiet = False

    def handle_starttag(self, tag, attrs) -> None:
        self.quiet = tag in ("script", "style")
        for name, value in attrs:
            if name in ("aria-label", "title", "placeholder", "alt", "label"):
                self._take(value or "")

    def handle_endtag(self, tag) -> None:
        self.quiet = False

    def handle_data(self, data) -> None:
        if not self.quiet:
            self._take(data)

    def _take(self, text: str) -> None:
        text = " ".join(text.split()).removeprefix("·").strip()
        if re.search(r"[^\W\d_]", text):
            self.texts.append(text)


def _data(page: str):
    return json.loads(
        re.search(r'<script type="application/json" id="editor-data">(.*?)</script>', page, re.S).group(1)
    )


def test_the_catalogue_lies_where_the_product_reads_it():
    assert (TRANSLATIONS / CHINESE / "LC_MESSAGES" / "messages.mo").exists()
