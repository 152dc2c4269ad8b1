"""Templates brought out and in again: `.dat` files as bk-sops writes them, and YAML."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from contextlib import suppress

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.errors import InvalidInput, NotAllowed, NotFound, Refused
from app.extensions import db
from app.models.sealed import COMMON, SEALED, owner_of, unseal
from app.models.templates import Template, TemplateVersion
from app.services import accounts, exchange
from app.services.access import SYSTEM, Actor, find_project
from app.services.dat_files import SALTS, read_dat
from app.services.documents import read_document
from app.services.members import set_member
from app.services.template_details import Details, change_details
from app.services.templates import create_template, find_template, unfolded_tree, update_template
from app.services.yaml_files import read_yaml
from tests.drawing import flow, variable
from tests.strategies import trees

FORMATS = {
    "dat": (exchange.export_dat, exchange.import_dat),
    "yaml": (exchange.export_yaml, exchange.import_yaml),
}


@pytest.fixture
def project(app):
    return accounts.create_project("Demo", 2, "UTC")


@pytest.fixture
def other(app):
    return accounts.create_project("Other", 3, "UTC")


@pytest.fixture
def one_app(make_app, sqlite_url):
    made = make_app(sqlite_url)
    with made.app_context():
        yield made


@pytest.fixture(params=list(FORMATS))
def brought(request):
    """Both ways of bringing templates out and in."""
    return FORMATS[request.param]


def saved(project, name, tree, **more):
    return create_template(SYSTEM, project, name, tree, **more).id


def parent_of(child_id, source="business", **node) -> dict:
    """A flow with one subprocess, which names a template."""
    tree = flow("start > sub > end")
    del tree["activities"]["sub"]["pipeline"]
    tree["activities"]["sub"].update(template_id=str(child_id), template_source=source, **node)
    return tree


def pinned(template_id) -> str:
    template = db.session.get(Template, template_id)
    return db.session.get(TemplateVersion, template.current_version_id).digest


def tree_of(template_id) -> dict:
    db.session.rollback()
    template = db.session.get(Template, template_id)
    return db.session.get(TemplateVersion, template.current_version_id).tree


def count() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(Template.id)).all())


def dat_of(content, salt=SALTS[0], **outer) -> str:
    """A `.dat` file as bk-sops writes it."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":")).replace("/", "\\/")
    digest = hashlib.md5((text + salt).encode()).hexdigest()
    return base64.b64encode(json.dumps({"template_data": content, "digest": digest, **outer}).encode()).decode()


def content_of(**trees) -> dict:
    """The least that bk-sops' content of templates is, by pipeline id."""
    pipelines = {
        key: {"template_id": key, "name": key, "description": None, "creator": "admin", "editor": None, "tree": tree,
              "create_time": "2019-07-01 10:00:00 UTC", "edit_time": "2019-07-01 10:00:00 UTC", "is_deleted": False}
        for key, tree in trees.items()
    }  # fmt: skip
    entries = {
        str(i): {"id": i, "business_id": 1, "category": "OpsTools", "pipeline_template_id": key,
                 "pipeline_template_str_id": key, "notify_type": '["email"]', "notify_receivers": "{}", "time_out": 20}
        for i, key in enumerate(trees, 1)
    }  # fmt: skip
    return {"template": entries, "pipeline_template_data": {"template": pipelines, "refs": {}}}


def messages(error) -> list[str]:
    return [problem.message for problem in error.value.problems]


class TestOutAndIn:
    def test_a_flow_comes_in_as_it_went_out(self, project, other, brought):
        out, in_ = brought
        tree = flow(
            "start > xor ; xor > a [1 == 1] ; xor > b [else] ; a > join ; b > join ; join > end",
            plugin="job_fast_execute_script",
            inputs={"a": {"job_content": "#!/bin/sh\necho '# no comment'  \n\techo $1 \\\n"}, "b": {"x": 1.5e-07}},
            constants={"${a}": {"value": "on"}, "${b}": {"value": ["是", None, True, "012", "\x7f\u2028😀", ""]}},
            outputs=["${a}"],
        )
        template_id = saved(project, "发布/release", tree, category="OpsTools", description="two\nlines")

        made = in_(SYSTEM, other, out(SYSTEM, project, [template_id]))

        template = find_template(other, made[0].id)
        assert tree_of(template.id) == tree
        assert (template.name, template.category, template.description) == ("发布/release", "OpsTools", "two\nlines")
        assert template.creator == "system"

    def test_in_whose_name_it_runs_and_who_starts_it_go_along(self, project, other, brought):
        out, in_ = brought
        template_id = saved(project, "release", flow("start > a > end"))
        settings = Details(executor_proxy="deployer", flow_type="common_func")
        change_details(SYSTEM, project, template_id, settings)

        made = in_(SYSTEM, other, out(SYSTEM, project, [template_id]))

        template = find_template(other, made[0].id)
        assert (template.executor_proxy, template.flow_type) == ("deployer", "common_func")

    def test_subprocesses_come_along_and_are_named_anew(self, project, other, brought):
        out, in_ = brought
        leaf = saved(project, "leaf", flow("start > a > end"))
        middle = saved(project, "middle", parent_of(leaf, version=pinned(leaf)))
        root = saved(project, "root", parent_of(middle, always_use_latest=True))

        made = in_(SYSTEM, other, out(SYSTEM, project, [root]))

        ids = {one.name: one.id for one in made}
        assert set(ids) == {"root", "middle", "leaf"}
        assert not set(ids.values()) & {leaf, middle, root}
        assert tree_of(ids["root"]) == parent_of(ids["middle"], always_use_latest=True)
        assert tree_of(ids["middle"]) == parent_of(ids["leaf"], version=pinned(ids["leaf"]))
        inner = unfolded_tree(find_template(other, ids["root"]), other)["activities"]["sub"]["pipeline"]
        assert inner["activities"]["sub"]["pipeline"]["activities"]["a"]["id"] == "a"

    def test_several_go_into_one_file_and_what_two_name_goes_once(self, project, brought):
        out, in_ = brought
        shared = saved(project, "shared", flow("start > a > end"))
        roots = [saved(project, name, parent_of(shared)) for name in ("one", "two")]

        made = in_(SYSTEM, project, out(SYSTEM, project, [*roots, roots[0]]))

        assert sorted(one.name for one in made) == ["one", "shared", "two"]

    def test_an_older_version_that_is_pinned_comes_along_as_a_flow_of_its_own(self, project, other, brought):
        out, in_ = brought
        child = saved(project, "child", flow("start > old > end"))
        parent = saved(project, "parent", parent_of(child, version=pinned(child)))
        update_template(SYSTEM, project, child, flow("start > new > end"))
        file = out(SYSTEM, project, [parent, child])

        made = in_(SYSTEM, other, file, override=True)
        again = in_(SYSTEM, project, file, override=True)

        ids = [one.id for one in made if one.name == "child"]
        assert sorted(list(tree_of(id_)["activities"]) for id_ in ids) == [["new"], ["old"]]
        parent_here = next(one.id for one in made if one.name == "parent")
        unfolded = unfolded_tree(find_template(other, parent_here), other)
        assert list(unfolded["activities"]["sub"]["pipeline"]["activities"]) == ["old"]
        assert list(tree_of(child)["activities"]) == ["new"]
        assert sorted(one.is_new for one in again) == [False, False, True]

    def test_a_common_flow_that_is_here_too_is_not_copied(self, project, brought):
        out, in_ = brought
        common = exchange.import_yaml(SYSTEM, None, yaml.safe_dump({"name": "common", "tree": flow("start > a > end")}))
        root = saved(project, "root", parent_of(common[0].id, "common"))

        made = in_(SYSTEM, project, out(SYSTEM, project, [root]))

        assert [one.name for one in made] == ["root"]
        assert tree_of(made[0].id) == parent_of(common[0].id, "common")

    def test_a_common_flow_that_is_not_here_becomes_the_projects_own(self, project, brought):
        out, in_ = brought
        common = exchange.import_yaml(SYSTEM, None, yaml.safe_dump({"name": "common", "tree": flow("start > a > end")}))
        file = out(SYSTEM, project, [saved(project, "root", parent_of(common[0].id, "common"))])
        db.session.get(Template, common[0].id).is_deleted = True
        db.session.commit()

        made = {one.name: one.id for one in in_(SYSTEM, project, file)}

        assert tree_of(made["root"]) == parent_of(made["common"])

    def test_common_flows_name_common_flows(self, app, project, brought):
        out, in_ = brought
        leaf = saved(project, "leaf", flow("start > a > end"))
        file = out(SYSTEM, project, [saved(project, "root", parent_of(leaf))])

        ids = {one.name: one.id for one in in_(SYSTEM, None, file)}

        assert tree_of(ids["root"]) == parent_of(ids["leaf"], "common")
        unfolded = unfolded_tree(find_template(project, ids["root"], "common"), project)
        assert list(unfolded["activities"]["sub"]["pipeline"]["activities"]) == ["a"]

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(tree=trees(2), seed=st.integers(0, 99))
    def test_any_flow_comes_in_as_it_went_out(self, one_app, tree, seed):
        project = _projects().get(2) or accounts.create_project("Demo", 2, "UTC")
        value = _any_value(random.Random(seed))
        tree["constants"]["${any}"] = variable("${any}", value=value)
        template_id = saved(project, "any", tree)
        for out, in_ in FORMATS.values():
            made = in_(SYSTEM, project, out(SYSTEM, project, [template_id]))
            assert tree_of(made[0].id) == tree


class TestOverride:
    def test_a_flow_that_is_there_gets_a_new_version(self, project, brought):
        out, in_ = brought
        child = saved(project, "child", flow("start > a > end"))
        root = saved(project, "root", parent_of(child, version=pinned(child)))
        file = out(SYSTEM, project, [root])
        update_template(SYSTEM, project, child, flow("start > changed > end"))
        db.session.get(Template, root).name = "renamed"
        db.session.commit()

        made = in_(SYSTEM, project, file, override=True)

        assert {(one.id, one.is_new) for one in made} == {(child, False), (root, False)}
        assert list(tree_of(child)["activities"]) == ["a"]
        assert tree_of(root)["activities"]["sub"]["version"] == pinned(child)
        assert db.session.get(Template, root).name == "root"
        numbers = select(TemplateVersion.number).where(TemplateVersion.template_id == child)
        assert sorted(db.session.scalars(numbers)) == [1, 2, 3]

    def test_without_it_everything_is_made_anew(self, project, brought):
        out, in_ = brought
        file = out(SYSTEM, project, [saved(project, "root", flow("start > a > end"))])

        made = in_(SYSTEM, project, file)

        assert made[0].is_new
        assert count() == 2

    def test_it_replaces_what_an_earlier_import_has_made(self, project, other, brought):
        out, in_ = brought
        file = out(SYSTEM, project, [saved(project, "root", flow("start > a > end"))])
        first = in_(SYSTEM, other, file)

        second = in_(SYSTEM, other, file, override=True)

        assert [(one.id, one.is_new) for one in second] == [(first[0].id, False)]

    def test_it_leaves_other_projects_and_deleted_flows_alone(self, project, other, brought):
        out, in_ = brought
        template_id = saved(project, "root", flow("start > a > end"))
        file = out(SYSTEM, project, [template_id])
        in_(SYSTEM, other, file, override=True)
        db.session.get(Template, template_id).is_deleted = True
        db.session.commit()

        made = in_(SYSTEM, project, file, override=True)

        assert made[0].is_new
        assert count() == 3

    def test_yaml_without_an_id_goes_by_the_only_flow_of_its_name(self, project):
        template_id = saved(project, "mine", flow("start > a > end"))
        text = yaml.safe_dump({"name": "mine", "tree": flow("start > b > end")})

        assert exchange.import_yaml(SYSTEM, project, text, override=True)[0].id == template_id
        saved(project, "mine", flow("start > a > end"))
        with pytest.raises(InvalidInput, match="mine: there are 2 flows of this name"):
            exchange.import_yaml(SYSTEM, project, text, override=True)

    def test_a_flow_that_would_come_to_contain_itself_is_refused(self, project):
        template_id = saved(project, "mine", flow("start > a > end"))
        text = yaml.safe_dump({"name": "mine", "tree": parent_of(template_id)})
        with pytest.raises(InvalidInput, match="in a circle"):
            exchange.import_yaml(SYSTEM, project, text, override=True)

    def test_business_flows_replace_no_common_ones(self, project):
        file = exchange.export_dat(SYSTEM, project, [saved(project, "root", flow("start > a > end"))])
        with pytest.raises(Refused, match=r"^Unable to override common flows or keep ID when importing business flows"):
            exchange.import_dat(SYSTEM, None, file, override=True)


class TestBkSopsFiles:
    """What follows from bk-sops' own code of reading and writing."""

    # Made by ujson 6.1 with bk-sops' own lines: b64encode(json.dumps({"template_data": …, "digest": …}, sort_keys=True)).
    TEXT = (
        r'{"digest":"%s","template_data":{"pipeline_template_data":{"refs":{},"template":{"abc":{"name":"a\/b\u4e2d",'
        r'"tree":%s}}},"template":{"7":{"category":"Other","pipeline_template_str_id":"abc","project_id":1}}}}'
    )

    def file(self) -> str:
        tree = json.dumps(flow("start > a > end", constants={"${x}": {"value": "1e-7"}}), separators=(",", ":"))
        # ujson writes 1e-7 and DEL otherwise than Python does.
        text = self.TEXT % ("%s", tree.replace('"1e-7"', '[1e-7,"\x7f"]'))
        data = text[text.index('"template_data":') + 16 : -1]
        digest = hashlib.md5((data + "821a11587ea434eb85c2f5327a90ae54").encode()).hexdigest()
        return base64.b64encode((text % digest).encode()).decode()

    def test_a_file_of_its_json_library_is_read_to_the_letter(self, project):
        made = exchange.import_dat(SYSTEM, project, self.file())

        assert made[0].name == "a/b中"
        assert tree_of(made[0].id)["constants"]["${x}"]["value"] == [1e-7, "\x7f"]

    def test_what_is_written_is_what_it_reads(self, project):
        child = saved(project, "child", flow("start > a > end"))
        root = saved(project, "root/中", parent_of(child, version=pinned(child)), category="OpsTools")

        text = base64.b64decode(exchange.export_dat(SYSTEM, project, [root])).decode("ascii")

        document = json.loads(text)
        content = document["template_data"]
        raw = json.dumps(content, sort_keys=True, separators=(",", ":")).replace("/", "\\/")
        assert document["digest"] == hashlib.md5((raw + "821a11587ea434eb85c2f5327a90ae54").encode()).hexdigest()
        assert text == f'{{"digest":"{document["digest"]}","template_data":{raw}}}'
        entry = content["template"][str(root)]
        pipelines = content["pipeline_template_data"]["template"]
        assert {"id": root, "category": "OpsTools", "business_id": 2, "time_out": 20}.items() <= entry.items()
        pipeline = pipelines[entry["pipeline_template_str_id"]]
        named = pipeline["tree"]["activities"]["sub"]["template_id"]
        assert pipeline["name"] == "root/中"
        assert pipelines[named]["name"] == "child"
        assert content["pipeline_template_data"]["refs"] == {named: {pipeline["template_id"]: ["sub"]}}
        assert set(pipeline) == {"create_time", "edit_time", "creator", "description", "editor", "is_deleted", "name",
                                 "template_id", "tree"}  # fmt: skip
        assert pipeline["create_time"].endswith(" UTC")

    def test_the_old_community_salt_is_good_and_line_breaks_are_nothing(self, project):
        file = dat_of(content_of(abc=flow("start > a > end")), SALTS[1])
        made = exchange.import_dat(SYSTEM, project, "\n".join(file[i : i + 76] for i in range(0, len(file), 76)))
        assert find_template(project, made[0].id).category == "OpsTools"

    @pytest.mark.parametrize(
        "text", ["", "!", "x", "中文", "aGVsbG8=", base64.b64encode(b"[1]").decode(), base64.b64encode(b"{}").decode(),
                 base64.b64encode(b"\xff\xfe").decode(), base64.b64encode(b"[" * 100_000).decode(),
                 base64.b64encode(b'{"template_data": [], "digest": ""}').decode()],
    )  # fmt: skip
    def test_what_is_no_such_file_is_corrupt(self, project, text):
        with pytest.raises(InvalidInput) as error:
            exchange.import_dat(SYSTEM, project, text)
        assert messages(error) == ["Template data is corrupt"]
        assert error.value.problems[0].rule == "dat"

    @pytest.mark.parametrize("outer", [{"digest": "0" * 32}, {"digest": None}, {"digest": ["a"]}, {"digest": {}}])
    def test_a_wrong_digest_is_invalid(self, project, outer):
        with pytest.raises(InvalidInput) as error:
            exchange.import_dat(SYSTEM, project, dat_of(content_of(abc=flow("start > a > end")), **outer))
        assert messages(error) == ["Invalid template data"]

    def test_one_changed_letter_is_seen(self, project):
        text = base64.b64decode(exchange.export_dat(SYSTEM, project, [saved(project, "x", flow("start > a > end"))]))
        changed = base64.b64encode(text.replace(b"bk_display", b"bk_Display")).decode()
        with pytest.raises(InvalidInput, match=r"^Invalid template data$"):
            exchange.import_dat(SYSTEM, project, changed)

    @pytest.mark.parametrize(
        "change",
        [
            lambda c: c.pop("template"),
            lambda c: c.update(template=[]),
            lambda c: c.update(pipeline_template_data=None),
            lambda c: c["pipeline_template_data"].update(template={}),
            lambda c: c["pipeline_template_data"].update(template={"abc": 1}),
            lambda c: c["pipeline_template_data"].update(template={"abc": {"tree": []}}),
            lambda c: c["pipeline_template_data"].update(template={"a b": {"tree": {}}}),
            lambda c: c["pipeline_template_data"].update(template={"x" * 33: {"tree": {}}}),
        ],
    )
    def test_a_good_digest_of_bad_content_does_not_help(self, project, change):
        content = content_of(abc=flow("start > a > end"))
        change(content)
        with pytest.raises(InvalidInput, match=r"^Invalid template data: "):
            exchange.import_dat(SYSTEM, project, dat_of(content))

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(content=st.data())
    def test_no_content_brings_it_down(self, one_app, content):
        project = _projects().get(2) or accounts.create_project("Demo", 2, "UTC")
        plain = st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
            max_leaves=8,
        )
        bent = content_of(abc=flow("start > a > end"), child=flow("start > b > end"))
        place: object = bent
        while isinstance(place, dict) and place:
            key = content.draw(st.sampled_from(sorted(place)))
            if not isinstance(place[key], dict) or not place[key] or content.draw(st.integers(0, 5)) == 0:
                place[key] = content.draw(plain)
                break
            place = place[key]
        with one_app.app_context():
            for text, in_ in ((dat_of(bent), exchange.import_dat), (json.dumps(bent), exchange.import_yaml)):
                with suppress(InvalidInput):
                    in_(SYSTEM, project, text)


class TestYaml:
    def test_it_is_read_by_people(self, project):
        script = "#!/bin/sh\necho one\necho two\n"
        child = saved(project, "build", flow("start > a > end", inputs={"a": {"job_content": script}}))
        root = saved(project, "release", parent_of(child))
        child_id = db.session.get(Template, child).pipeline_id
        root_id = db.session.get(Template, root).pipeline_id

        text = exchange.export_yaml(SYSTEM, project, [root])

        assert text.startswith(f"sluice: 2\ntemplates:\n- name: release\n  id: {root_id}\n  category: Other\n")
        assert "        type: SubProcess\n        name: sub\n        template: build\n" in text
        assert f"- name: build\n  id: {child_id}\n" in text
        assert "              value: |\n                #!/bin/sh\n                echo one\n" in text
        assert "{id: f1, source: start, target: a, is_default: false}" in text

    def test_flows_of_one_name_get_labels(self, project, other):
        twins = [saved(project, "twin", flow(f"start > {node} > end")) for node in ("a", "b")]
        saved(project, "twin (2)", flow("start > c > end"))
        roots = [saved(project, f"root {twin}", parent_of(twin)) for twin in twins]

        text = exchange.export_yaml(SYSTEM, project, [*roots, twins[1] + 1])
        made = exchange.import_yaml(SYSTEM, other, text)

        assert [entry.get("label") for entry in yaml.safe_load(text)["templates"]].count(None) == 4
        for made_root, node in zip(made[:2], "ab", strict=True):
            unfolded = unfolded_tree(find_template(other, made_root.id), other)
            assert list(unfolded["activities"]["sub"]["pipeline"]["activities"]) == [node]

    def test_a_bare_tree_and_a_file_of_version_1_come_in(self, project):
        tree = flow("start > a > end")
        old = yaml.safe_dump({"sluice": 1, "name": "old", "category": "Other", "description": "", "tree": tree})

        assert exchange.import_yaml(SYSTEM, project, json.dumps(tree))[0].name == "imported flow"
        assert exchange.import_yaml(SYSTEM, project, old)[0].name == "old"

    def test_a_bare_tree_may_name_a_flow_that_is_there(self, project):
        child = saved(project, "child", flow("start > a > end"))

        made = exchange.import_yaml(SYSTEM, project, json.dumps(parent_of(child)))

        assert tree_of(made[0].id) == parent_of(child)
        for unknown in (child + 7, 10**30, "x", "", -1):
            with pytest.raises(InvalidInput, match="which does not exist"):
                exchange.import_yaml(SYSTEM, project, json.dumps(parent_of(unknown)))

    @pytest.mark.parametrize(
        ("entries", "message"),
        [
            ("[]", "must be a list of flows"),
            ("x", "must be a list of flows"),
            ("[1]", "must be an object"),
            ("[{name: a}]", "needs a tree"),
            ("[{name: [a], tree: {}}]", "name must be a text"),
            ("[{name: a, id: a b, tree: {}}]", "is not the id of a flow"),
            ("[{name: a, tree: {}}, {name: a, tree: {}}]", "two flows are called 'a'"),
            ("[{name: a, id: x, tree: {}}, {name: b, id: x, tree: {}}]", "two flows have the id 'x'"),
        ],
    )
    def test_entries_of_a_wrong_shape_are_told(self, project, entries, message):
        with pytest.raises(InvalidInput, match=message):
            exchange.import_yaml(SYSTEM, project, f"sluice: 2\ntemplates: {entries}\n")


class TestHostile:
    @pytest.mark.parametrize(
        ("text", "rule"),
        [
            ("a: &x [1]\nb: [*x, *x]", "alias"),
            ("a: !!python/object/apply:os.system ['id']", "unreadable"),
            ("[" * 300_000, "too_deep"),
            ("a: " + "[" * 300_000 + "]" * 300_000, "too_deep"),
            ("- " * 5000 + "x", "too_deep"),
            ('{"a":' * 5000 + "1" + "}" * 5000, "too_deep"),
            ('{"a":' * 300 + "1" + "}" * 300, "too_deep"),
            ("x" * (21 * 1024 * 1024), "too_large"),
            ("a: " + "9" * 5000, "unreadable"),
            ("a: .nan", "unreadable"),
            ("a: 2024-13-45", "unreadable"),
            ("a: 2024-01-01", "unreadable"),
            ('{"a": "\\ud800"}', "unreadable"),
            ("? [a]\n: b", "unreadable"),
            ("a: !!set {x}", "unreadable"),
            ("just text", "shape"),
            ("", "shape"),
        ],
    )
    def test_a_bomb_is_refused_at_once(self, text, rule):
        with pytest.raises(InvalidInput) as error:
            read_document(text)
        assert [problem.rule for problem in error.value.problems] == [rule]

    def test_a_dat_file_that_is_too_large_or_too_deep_is_not_read(self):
        deep: dict = {}
        for _ in range(250):
            deep = {"a": deep}
        for text, rule in (("A" * (29 * 1024 * 1024), "too_large"), (dat_of({"a": deep}), "too_deep")):
            with pytest.raises(InvalidInput) as error:
                read_dat(text)
            assert error.value.problems[0].rule == rule

    def test_flows_that_multiply_are_refused(self, project):
        doubling = {"t0": flow("start > a > end")}
        for i in range(1, 16):
            tree = flow("start > sub1 > sub2 > end")
            for node in tree["activities"].values():
                del node["pipeline"]
                node["template_id"] = f"t{i - 1}"
            doubling[f"t{i}"] = tree
        with pytest.raises(InvalidInput, match="t15: a flow has at most 20000 nodes with its subprocesses"):
            exchange.import_dat(SYSTEM, project, dat_of(content_of(**doubling)))

    def test_flows_that_multiply_once_saved_are_refused_too(self, project):
        dozen = flow("start > " + " > ".join(f"sub{n}" for n in range(12)) + " > end")
        last = saved(project, "t0", flow("start > a > end"))
        for node in dozen["activities"].values():
            del node["pipeline"]
        for i in range(4):
            for node in dozen["activities"].values():
                node["template_id"] = str(last)
            if i < 3:
                last = saved(project, f"t{i}", dozen)
        with pytest.raises(InvalidInput, match="a flow has at most 20000 nodes with its subprocesses"):
            saved(project, "too many", dozen)

    def test_flows_nested_too_deep_and_in_a_circle_are_refused(self, project):
        chain = {"t0": flow("start > a > end"), **{f"t{i}": parent_of(f"t{i - 1}") for i in range(1, 21)}}
        with pytest.raises(InvalidInput, match="t20: subprocesses are nested more than 20 levels deep"):
            exchange.import_dat(SYSTEM, project, dat_of(content_of(**chain)))
        circle = {"x": parent_of("y"), "y": parent_of("z"), "z": parent_of("x")}
        with pytest.raises(
            InvalidInput, match=r"contain one another in a circle: (x -> y -> z -> x|y -> z -> x -> y|z -> x -> y -> z)"
        ):
            exchange.import_dat(SYSTEM, project, dat_of(content_of(**circle)))

    def test_too_many_flows_are_refused(self, project):
        many = {f"t{i}": {} for i in range(1001)}
        with pytest.raises(InvalidInput, match="a file holds at most 1000 flows, this one 1001"):
            exchange.import_dat(SYSTEM, project, dat_of(content_of(**many)))


class TestProblems:
    def test_a_name_to_run_in_and_a_kind_of_start_that_cannot_be_are_told(self, project):
        content = content_of(good=flow("start > a > end"))
        content["template"]["1"].update(executor_proxy="x" * 65, default_flow_type="sometimes")

        with pytest.raises(InvalidInput) as error:
            exchange.import_dat(SYSTEM, project, dat_of(content))
        assert [problem.where for problem in error.value.problems] == ["flow_type", "executor_proxy"]

    def test_all_of_all_flows_are_told_and_nothing_is_saved(self, project):
        bad = flow("start > a > b > end", plugin="nowhere")
        del bad["constants"]
        content = content_of(good=flow("start > a > end"), bad=bad, worse=parent_of("nobody"))
        content["pipeline_template_data"]["template"]["worse"]["name"] = ""

        with pytest.raises(InvalidInput) as error:
            exchange.import_dat(SYSTEM, project, dat_of(content))

        told = messages(error)
        assert "bad: constants must be an object" in told
        assert "(no name): a flow's name has 1 to 128 characters" in told
        assert "(no name): subprocess sub names flow nobody, which the file does not hold" in told
        assert not any(message.startswith("good") for message in told)
        assert count() == 0

    def test_nothing_is_half_imported(self, project, monkeypatch):
        leaf = saved(project, "leaf", flow("start > a > end"))
        file = exchange.export_dat(SYSTEM, project, [saved(project, "root", parent_of(leaf))])
        real = exchange.add_template

        def fails_at_the_second(actor, project, name, *rest, **options):
            if name == "root":
                raise NotFound("disk", "space")
            return real(actor, project, name, *rest, **options)

        monkeypatch.setattr(exchange, "add_template", fails_at_the_second)
        with pytest.raises(NotFound):
            exchange.import_dat(SYSTEM, project, file)
        assert count() == 2

    def test_what_is_not_there_cannot_go_out(self, project, other, brought):
        template_id = saved(project, "root", flow("start > a > end"))
        for wanted in ([template_id + 1], [template_id, 10**30]):
            with pytest.raises(NotFound):
                brought[0](SYSTEM, project, wanted)
        with pytest.raises(NotFound):
            brought[0](SYSTEM, other, [template_id])
        with pytest.raises(InvalidInput, match="at least one"):
            brought[0](SYSTEM, project, [])


class TestSecrets:
    def tree(self, value):
        return flow("start > a > end", constants={"${pw}": {"custom_type": "password", "value": value}})

    def password_of(self, project, template_id) -> str:
        """The password of a flow in plain text; raises Unavailable unless it is sealed for the project."""
        kept = tree_of(template_id)["constants"]["${pw}"]["value"]
        assert kept.startswith(SEALED) or not kept
        return unseal(kept, (owner_of(project.id),))

    def test_they_are_sealed_on_the_way_in_and_left_empty_on_the_way_out(self, project, brought):
        out, in_ = brought
        made = exchange.import_yaml(SYSTEM, project, json.dumps(self.tree("hunter2")))
        assert (self.password_of(project, made[0].id), made[0].empty_passwords) == ("hunter2", 0)

        file = out(SYSTEM, project, [made[0].id])
        again = in_(SYSTEM, project, file)

        text = base64.b64decode(file).decode() if out is exchange.export_dat else file
        assert "hunter2" not in text
        assert SEALED not in text
        assert (self.password_of(project, again[0].id), again[0].empty_passwords) == ("", 1)

    def test_a_flow_that_is_replaced_keeps_its_own(self, project, brought):
        out, in_ = brought
        template_id = saved(project, "mine", self.tree("hunter2"))

        made = in_(SYSTEM, project, out(SYSTEM, project, [template_id]), override=True)

        assert (made[0].id, made[0].empty_passwords) == (template_id, 0)
        assert self.password_of(project, template_id) == "hunter2"

    def test_a_seal_in_a_file_opens_in_its_own_project_only(self, project, other):
        tree = tree_of(saved(project, "mine", self.tree("hunter2")))

        here = exchange.import_yaml(SYSTEM, project, json.dumps(tree))
        there = exchange.import_yaml(SYSTEM, other, json.dumps(tree))

        assert (self.password_of(project, here[0].id), here[0].empty_passwords) == ("hunter2", 0)
        assert (self.password_of(other, there[0].id), there[0].empty_passwords) == ("", 1)

    @pytest.mark.parametrize("foreign", ["gAAAAABnothing", "p1:gAAAAABnothing", "common:gAAAAABnothing", ""])
    def test_one_that_another_server_sealed_is_empty_and_that_is_told(self, project, foreign):
        made = exchange.import_yaml(SYSTEM, project, json.dumps(self.tree(SEALED + foreign)))
        assert made[0].empty_passwords == 1
        assert tree_of(made[0].id)["constants"]["${pw}"]["value"] == ""

    def test_a_copy_takes_them_along_for_who_may_edit_both_projects(self, project, other):
        root = saved(project, "root", parent_of(saved(project, "leaf", self.tree("hunter2"))))
        for name, roles in (("both", ("editor", "editor")), ("half", ("viewer", "editor"))):
            accounts.create_user(name, "password")
            for where, role in zip((project, other), roles, strict=True):
                set_member(SYSTEM, where, name, role)

        for name, wanted in (("both", ("hunter2", 0)), ("half", ("", 1))):
            made = {one.name: one for one in exchange.copy_templates(Actor(name), project, other, [root], most=10)}
            assert (self.password_of(other, made["leaf"].id), made["leaf"].empty_passwords) == wanted

    def test_those_of_a_common_flow_stay_with_it(self, project, other):
        common = create_template(SYSTEM, None, "common", self.tree("hunter2")).id
        root = saved(project, "root", parent_of(common, "common"))

        made = exchange.copy_templates(SYSTEM, project, other, [root], most=10)

        assert [one.name for one in made] == ["root"]
        assert unseal(tree_of(common)["constants"]["${pw}"]["value"], (COMMON,)) == "hunter2"


class TestPermission:
    def test_a_viewer_brings_out_but_not_in(self, project, brought):
        out, in_ = brought
        template_id = saved(project, "root", flow("start > a > end"))
        for name, role in (("vera", "viewer"), ("olaf", "operator"), ("mary", "manager"), ("none", None)):
            accounts.create_user(name, "password")
            if role:
                set_member(SYSTEM, project, name, role)

        file = out(Actor("vera"), project, [template_id])

        for name in ("vera", "olaf", "none"):
            with pytest.raises(NotAllowed):
                in_(Actor(name), project, file)
        with pytest.raises(NotAllowed):
            out(Actor("none"), project, [template_id])
        assert in_(Actor("mary"), project, file)[0].is_new

    def test_who_may_not_import_does_not_get_a_file_read(self, project):
        with pytest.raises(NotAllowed):
            exchange.import_dat(Actor("none"), project, "!")

    def test_common_flows_are_for_all_to_see_and_for_few_to_change(self, app, project, brought):
        out, in_ = brought
        common = exchange.import_yaml(SYSTEM, None, json.dumps(flow("start > a > end")))

        file = out(Actor("anybody"), None, [common[0].id])

        for actor in (Actor("anybody"), Actor("app", app_code="ci"),
                      Actor("app", app_code="ci", is_trusted=True, project_id=project.id)):  # fmt: skip
            with pytest.raises(NotAllowed):
                in_(actor, None, file)
        assert in_(Actor("app", app_code="ci", is_trusted=True), None, file, override=True)[0].id == common[0].id


class TestCopies:
    def test_flows_are_copied_to_another_project_with_those_they_contain(self, project, other):
        leaf = saved(project, "leaf", flow("start > a > end"))
        root = saved(project, "root", parent_of(leaf))

        made = exchange.copy_templates(SYSTEM, project, other, [root], most=10)

        assert [one.name for one in made] == ["root", "leaf"]
        assert tree_of(made[0].id) == parent_of(made[1].id)
        with pytest.raises(Refused, match="at most 1 flows"):
            exchange.copy_templates(SYSTEM, project, other, [root, leaf], most=1)


def test_a_flow_may_be_deleted_and_its_pipeline_id_used_again(project):
    yaml_text = yaml.safe_dump({"sluice": 2, "templates": [{"name": "a", "id": "x1", "tree": flow("start > a > end")}]})
    first = exchange.import_yaml(SYSTEM, project, yaml_text)
    db.session.get(Template, first[0].id).is_deleted = True
    db.session.commit()

    second = exchange.import_yaml(SYSTEM, project, yaml_text)

    ids = db.session.scalars(select(Template.pipeline_id).where(Template.id.in_([first[0].id, second[0].id])))
    assert list(ids) == ["x1", "x1"]


def test_reading_alone_touches_no_database():
    text = json.dumps({"sluice": 2, "templates": [{"name": "a", "label": "b", "tree": {}}]})
    assert [(one.key, one.name) for one in read_yaml(text)] == [("b", "a")]


def _projects():
    db.session.rollback()
    try:
        return {2: find_project(SYSTEM, 2)}
    except NotFound:
        return {}


def _any_value(chance: random.Random):
    texts = ["", "yes", "~", "1_000", "0x1F", "12:30", "a: b", "# c", "- d", "\n", " x ", "a\n b\n\n", "\t", "'", '"',
             "\\", "\u0085", "\ufeff", "\x00\x1b", "é😀", "!!str x", "&a *a", "%TAG", "---\n...", "x" * 300, "\r\nz"]  # fmt: skip
    values = [*texts, None, True, 0, -1, 1.5, 1e300, 2**70, [], {}]
    return {text: chance.choice(values) for text in chance.sample(texts, 6)} | {"list": chance.sample(values, 8)}
