"""The `.dat` files of bk-sops: base64 of JSON that holds templates and a digest of them.

As bk-sops writes and reads them (gcloud/tasktmpl3/apis/django/api.py, gcloud/template_base/utils.py,
pipeline_web/wrapper.py): {"digest", "template_data": {"template": {id: …}, "pipeline_template_data": {"template":
{pipeline id: {…, "tree"}}, "refs": {pipeline id: {pipeline id of a parent: [node ids]}}}}}. The digest is no protection:
its salts are public. It tells a damaged file.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.engine.core.values import Json
from app.errors import InvalidInput, Problem
from app.sentences import say
from app.services.documents import plain_document
from app.services.portable import Portable, children_of

SALTS = ("821a11587ea434eb85c2f5327a90ae54", "e5483c1ccde63392bd439775bba6a7ae")
"""bk-sops' TEMPLATE_DATA_SALT, by which files are written, and that of its old community edition."""

CORRUPT = say("Template data is corrupt")
INVALID = say("Invalid template data")

_MOST_CHARACTERS = 28 * 1024 * 1024
_PIPELINE_ID = re.compile(r"\w{1,32}")


def write_dat(portables: Sequence[Portable]) -> str:
    """Write templates, all with an origin, as bk-sops' import reads them."""
    template: dict[str, Any] = {}
    pipelines: dict[str, Any] = {}
    refs: dict[str, dict[str, list[str]]] = {}
    for portable in portables:
        entry = _entry(portable, len(template))
        template[str(entry["id"])] = entry
        pipelines[portable.key] = _pipeline(portable)
        for node_id, key in children_of(portable):
            refs.setdefault(key, {}).setdefault(portable.key, []).append(node_id)
    source = "common" if all(portable.is_common for portable in portables) else "project"
    content = {
        "template": template, "pipeline_template_data": {"template": pipelines, "refs": refs},
        "exporter_version": 1, "template_source": source,
    }  # fmt: skip
    text = _canonical({"digest": _digest(_canonical(content), SALTS[0]), "template_data": content})
    return base64.b64encode(text.encode("ascii")).decode("ascii")


def read_dat(text: str) -> list[Portable]:
    """Read templates; raises InvalidInput in bk-sops' words if the text is no such file or its digest is wrong."""
    content = _content(text)
    pipelines = _object(content, "pipeline_template_data", "template")
    entries = {
        str(entry.get("pipeline_template_str_id") or entry.get("pipeline_template_id")): entry
        for entry in _object(content, "template").values()
        if isinstance(entry, Mapping)
    }
    problems = [
        Problem("dat", say("{invalid}: {message}", invalid=INVALID, message=message), key[:80])
        for key, pipeline in pipelines.items()
        for message in _shape_problems(key, pipeline)
    ]
    if not pipelines:
        problems.append(Problem("dat", say("{invalid}: the file holds no flow", invalid=INVALID)))
    if problems:
        raise InvalidInput.of(problems)
    return [_portable(key, pipeline, entries.get(key)) for key, pipeline in pipelines.items()]


def _content(text: str) -> Mapping[str, Any]:
    """Decode a file and check its digest."""
    if len(text) > _MOST_CHARACTERS:
        raise InvalidInput(
            Problem("too_large", say("a file to import has at most {most} characters", most=_MOST_CHARACTERS))
        )
    try:
        # Like bk-sops, take line breaks in the base64 for nothing.
        written = base64.b64decode(text).decode("utf-8")
        document = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(Problem("dat", CORRUPT)) from error
    if not isinstance(document, Mapping) or not isinstance(document.get("template_data"), Mapping):
        raise InvalidInput(Problem("dat", CORRUPT))
    content = plain_document(document["template_data"])
    if document.get("digest") not in list(_digests(written, content)):
        raise InvalidInput(Problem("dat", INVALID))
    return content


def _digests(written: str, content: Mapping[str, Any]) -> Iterator[str]:
    """Give the digests that the content may have: of its JSON written anew, and of its JSON as it stands in the file.

    bk-sops takes its digest of the very text that it then puts into the file. Written anew, numbers may look different:
    its JSON library, ujson, has changed its mind about them more than once.
    """
    texts = [_canonical(content)]
    start = re.search(r'"template_data":\s*', written)
    if start is not None:
        value, end = json.JSONDecoder().raw_decode(written, start.end())
        if value == content:
            texts.append(written[start.end() : end])
    yield from (_digest(text, salt) for text in texts for salt in SALTS)


def _digest(text: str, salt: str) -> str:
    return hashlib.md5((text + salt).encode(), usedforsecurity=False).hexdigest()


def _canonical(content: object) -> str:
    """Write JSON as ujson does for bk-sops: keys sorted, no blanks, ASCII only, slashes escaped."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).replace("/", "\\/")


def _entry(portable: Portable, number: int) -> dict[str, Any]:
    """Write what bk-sops keeps of a template beside its tree."""
    origin = portable.origin
    assert origin is not None, "what is exported comes from somewhere"
    return {
        # An older version stands beside its own template, so it cannot have that one's id.
        "id": origin.template_id if origin.is_current else -1 - number,
        "project_id": origin.project_id, "business_id": origin.biz_id, "category": portable.category,
        "pipeline_template_id": portable.key, "pipeline_template_str_id": portable.key,
        "notify_type": json.dumps(portable.notify_type or []),
        "notify_receivers": json.dumps(portable.notify_receivers or {}), "time_out": 20, "is_deleted": False,
        "executor_proxy": portable.executor_proxy, "default_flow_type": portable.flow_type or "common",
    }  # fmt: skip


def _pipeline(portable: Portable) -> dict[str, Any]:
    origin = portable.origin
    assert origin is not None, "what is exported comes from somewhere"
    return {
        "template_id": portable.key, "name": portable.name, "description": portable.description, "is_deleted": False,
        "creator": origin.creator, "create_time": _moment(origin.created_at),
        "editor": origin.editor, "edit_time": _moment(origin.edited_at), "tree": portable.tree,
    }  # fmt: skip


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _object(content: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    found: Any = content
    for key in path:
        found = found.get(key)
        if not isinstance(found, Mapping):
            raise InvalidInput(
                Problem("dat", say("{invalid}: {place} must be an object", invalid=INVALID, place=".".join(path)))
            )
    result: Mapping[str, Any] = found
    return result


def _shape_problems(key: str, pipeline: object) -> Iterator[str]:
    if not _PIPELINE_ID.fullmatch(key):
        yield say("{id!r} is not the id of a flow: 1 to 32 letters, digits and _", id=key[:80])
    if not isinstance(pipeline, Mapping) or not isinstance(pipeline.get("tree"), Mapping):
        yield say("flow {flow} needs a tree, an object", flow=key[:80])


def _portable(key: str, pipeline: Mapping[str, Any], entry: Mapping[str, Any] | None) -> Portable:
    entry = entry or {}
    return Portable(
        key, str(pipeline.get("name") or "").strip(), pipeline["tree"], category=str(entry.get("category") or "Other"),
        description=str(pipeline.get("description") or ""), pipeline_id=key,
        is_common=bool(entry) and not (entry.get("project_id") or entry.get("business_id")),
        notify_type=_setting(entry.get("notify_type")), notify_receivers=_setting(entry.get("notify_receivers")),
        executor_proxy=str(entry.get("executor_proxy") or "").strip(), flow_type=str(entry.get("default_flow_type") or ""),
    )  # fmt: skip


def _setting(written: Json) -> Json:
    """Read one of the settings of who is told, which bk-sops keeps as JSON texts; what cannot be read is none."""
    try:
        found = json.loads(written) if isinstance(written, str) else written
        return plain_document({"it": found})["it"] if isinstance(found, list | Mapping) and found else None
    except (ValueError, RecursionError, InvalidInput):
        return None
