"""Files that are sent to be imported: bombs, tags and nonsense are refused at once, with what is wrong, and leave nothing.

Aliases, depth, and what a `.dat` file may hold are tried in tests/services/test_exchange.py, trees in
tests/core/test_hostile_trees.py.
"""

from __future__ import annotations

import base64
import gzip
import io
import time
import tracemalloc
import zipfile

import pytest
from sqlalchemy import func, select

from app.errors import InvalidInput
from app.extensions import db
from app.models.templates import Template
from app.services.access import SYSTEM
from app.services.documents import read_document
from app.services.exchange import import_dat, import_yaml


def zipped(name: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, bytes(10_000_000))
    return held.getvalue()


DOCUMENTS = {
    "a call of Python": "a: !!python/object/apply:os.system ['id']",
    "an object of Python": "a: !!python/name:os.system",
    "a tag of nobody's": "a: !evil x",
    "what is no yes or no": "a: !!bool maybe",
    "what is no time": "a: !!timestamp maybe",
    "what is no number": "a: !!int ''",
    "what is no base64": "a: !!binary '***'",
    "a day that is none": "a: 2001-99-99",
    "a zone that is none": "a: 2001-12-14t21:59:43.10-99:99",
    "a number of five thousand digits": "a: " + "9" * 5000,
    "a number of a hundred thousand digits in hexadecimal": "a: 0x" + "f" * 100_000,
    "no number": "a: .nan",
    "a number beyond all": '{"a": 1e999}',
    "half of a character": '{"a": "\\ud800"}',
    "a set": "a: !!set {b, c}",
    "bytes": "a: !!binary aGVsbG8=",
    "an object as a key": "? {a: b}\n: c",
    "a time as a key": "2001-01-01: x",
    "two documents": "a: 1\n---\nb: 2",
    "a YAML to come": "%YAML 9.9\n---\na: 1",
    "nothing but a comment": "#" * 1_000_000,
    "brackets": "[" * 100_000,
    "merges within merges": "a: " + "{<<: " * 1000 + "{b: 1}" + "}" * 1000,
}


@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_a_hostile_document_is_refused_with_a_reason(text):
    begin = time.thread_time()
    with pytest.raises(InvalidInput):
        read_document(text)
    assert time.thread_time() - begin < 1


@pytest.mark.parametrize("text", ["12:30", "1:" * 1_000_000 + "1", "1:" * 1000 + "1.5"], ids=len)
def test_what_looks_like_a_number_in_base_60_is_a_text_and_read_at_once(text):
    begin = time.thread_time()
    assert read_document(f"a: {text}") == {"a": text}
    assert time.thread_time() - begin < 1


FILES = {
    "a zip": zipped("flow.yaml"), "a zip that climbs out of its folder": zipped("../../etc/cron.d/evil"),
    "a gzip bomb": gzip.compress(bytes(20_000_000)), "a gzip bomb in base64": base64.b64encode(gzip.compress(bytes(20_000_000))),
    "a pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.", "nothing": b"",
    "XML with an entity of the machine": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
}  # fmt: skip


@pytest.mark.parametrize("content", FILES.values(), ids=FILES.keys())
def test_a_file_that_is_no_flow_is_refused_without_being_unpacked(ed, content):
    tracemalloc.start()
    sent = {"file": (io.BytesIO(content), "../../../etc/passwd.yaml")}
    answer = ed.http.post(f"{ed.base}/import", data=sent, headers={"X-CSRF": ed.csrf})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert answer.status_code == 422
    assert answer.json["problems"]
    assert b"root:" not in answer.data
    assert peak < 20_000_000
    for read in (import_yaml, import_dat):
        with pytest.raises(InvalidInput):
            read(SYSTEM, None, content.decode("latin-1"))
    assert db.session.scalar(select(func.count()).select_from(Template)) == 0


def test_a_file_that_is_too_large_is_not_read(ed):
    answer = ed.http.post(
        f"{ed.base}/import", data=b"", content_type="multipart/form-data; boundary=x", headers={"X-CSRF": ed.csrf},
        environ_overrides={"CONTENT_LENGTH": str(33 * 1024 * 1024)},
    )  # fmt: skip
    assert answer.status_code == 413
