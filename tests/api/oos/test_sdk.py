"""Baidu's own Python SDK, as it comes from PyPI, against the whole product as its users start it."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import warnings

import pytest

from tests.startup.test_supervise import Product

with warnings.catch_warnings():
    # Its age is not our fault.
    warnings.simplefilter("ignore")
    from baidubce.auth.bce_credentials import BceCredentials
    from baidubce.bce_client_configuration import BceClientConfiguration
    from baidubce.exception import BceHttpClientError
    from baidubce.retry.retry_policy import NoRetryPolicy
    from baidubce.services.oos.oos_client import OosClient
    from baidubce.services.oos.oos_model import OperatorModel, TagModel, TemplateModel

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    folder = tmp_path_factory.mktemp("product")
    mark = folder / "off"
    commands = {"start": f"rm -f {mark}", "stop": f'echo stopping "$1"; touch {mark}', "projects": [2]}
    file = folder / "instances.json"
    file.write_text(json.dumps({"i-abcdefkK": commands}))
    with Product(folder / "data", SLUICE_INSTANCES=str(file), SLUICE_ADMIN_PASSWORD="adminadmin") as product:
        product.wait_until_well()
        yield product
        product.stop()


def client_of(product, secret=None):
    made = json.loads(product.command("keys", "create", "sdk", "--user", "admin", "--project", "2").splitlines()[-1])
    config = BceClientConfiguration(
        credentials=BceCredentials(made["access_key"], secret or made["secret_key"]),
        endpoint=f"http://127.0.0.1:{product.port}", retry_policy=NoRetryPolicy(),
    )  # fmt: skip
    return OosClient(config)


@pytest.fixture(scope="module")
def sdk(product):
    product.command("apps", "create", "sdk")
    return client_of(product)


def ended(sdk, execution_id):
    """Poll as the SDK's users do: a few times in each second."""
    end = time.monotonic() + 30
    while True:
        detail = sdk.get_execution_detail(execution_id)
        if detail.result.state in ("SUCCESS", "FAILED", "CANCELED"):
            return detail.result
        assert time.monotonic() < end, detail
        time.sleep(0.1)


def stop_operator():
    return OperatorModel("stop_bcc", "BCE::BCC::StopInstance", {"instances": [{"instanceId": "i-abcdefkK"}]})


def test_every_operation_of_the_sdk(sdk, product):
    operators = [stop_operator(), OperatorModel("say", "bk_display", {"bk_display_message": {"Ref": "who"}}, retries=1)]

    listed = sdk.get_operator_list(1, 100)
    assert listed.code == 200
    assert "BCE::BCC::StopInstance" in [operator.name for operator in listed.result.operators]

    checked = sdk.check_template("sdk_template", operators)
    assert (checked.success, checked.result.is_valid) == (True, True), checked
    wrong = sdk.check_template("sdk_template", [OperatorModel("x", "BCE::CDS::Create", {})])
    assert (wrong.success, wrong.result.is_valid) == (True, False)
    assert "unknown operator" in wrong.result.reason

    made = sdk.create_template("sdk_template", operators, "made by the SDK")
    assert (made.success, made.code, made.msg) == (True, 200, "")
    shown = sdk.get_template_detail("sdk_template")
    assert shown.result.id == made.result.id
    assert (shown.result.operators[1].retries, shown.result.operators[1].retry_interval) == (1, 60000)

    updated = sdk.update_template(made.result.id, "sdk_template", [*operators, OperatorModel("end", "bk_display", {})])
    assert updated.code == 200
    found = sdk.get_template_list(1, 10)
    assert [(t.name, len(t.operators)) for t in found.result.templates] == [("sdk_template", 3)]
    assert found.result.total_count == 1

    started = sdk.create_execution(
        TemplateModel("sdk_template", ref=made.result.id), {"who": "world"}, "a run", [TagModel("env", "test")]
    )
    execution = ended(sdk, started.result.id)
    assert execution.state == "SUCCESS", execution
    assert [task.state for task in execution.tasks] == ["SUCCESS"] * 3
    assert execution.tasks[0].output_context.instances[0].instance_id == "i-abcdefkK"
    assert (execution.description, execution.tags[0].tag_key) == ("a run", "env")

    brought = sdk.create_execution(TemplateModel("inline", [stop_operator()]))
    assert ended(sdk, brought.result.id).template.name == "inline"

    assert sdk.delete_template(made.result.id).code == 200
    gone = sdk.get_template_detail("sdk_template")
    assert (gone.success, gone.code) == (False, 404)
    assert sdk.get_execution_detail(started.result.id).result.template_deleted


def test_ten_megabytes_are_refused_by_the_server_that_users_start(product):
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(f"http://127.0.0.1:{product.port}/v2/template", data=b"x" * 10 * 1024 * 1024, timeout=20)
    with raised.value as answer:
        assert (answer.code, json.load(answer)["code"]) == (413, "EntityTooLarge")


def test_business_refusals_return_and_wrong_calls_raise(sdk, product):
    refused = sdk.create_execution(TemplateModel("x", [OperatorModel("a", "BCE::CDS::Create", {})]))
    assert (refused.success, refused.code) == (False, 400)
    assert "unknown operator" in refused.msg

    with pytest.raises(BceHttpClientError) as raised:
        client_of(product, "not the secret").get_template_list(1, 10)
    assert (raised.value.last_error.status_code, raised.value.last_error.code) == (403, "SignatureDoesNotMatch")
    assert raised.value.last_error.request_id
