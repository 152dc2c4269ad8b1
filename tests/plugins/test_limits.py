"""What a command may use: cores, CPU time and memory, enforced on real processes, here and by SSH."""

from __future__ import annotations

import gc
import os

import pytest

from app.engine.core.schema import with_defaults
from app.engine.plugins.base import Done, Failed, HostAccess
from app.engine.plugins.registry import find_plugin
from tests.plugins.context import FakeContext
from tests.plugins.test_plugins import ssh_server

BUSY = "while :; do :; done"
GREEDY = 'python3 -c "x = bytearray(400 * 1024 * 1024); print(len(x))"'


def run(command: str, host: str = "", hosts: dict[str, HostAccess] | None = None, **limits):
    plugin = find_plugin("batch_command", "legacy")
    inputs = {"command": command, "host": host, **limits}
    return plugin.execute(with_defaults(plugin.inputs, inputs), FakeContext(hosts=hosts))


def test_a_command_that_used_up_its_cpu_time_is_ended_and_told_why():
    ended = run(BUSY, cpu_s=1)
    assert ended.reason == "the command used up its 1 s of CPU time"


def test_a_process_that_asks_for_more_memory_than_it_may_have_does_not_get_it():
    refused, given = run(GREEDY, memory_mb=200), run(GREEDY, memory_mb=2000)
    assert isinstance(refused, Failed)
    assert "MemoryError" in refused.outputs["log"]
    assert given.outputs["log"] == f"{400 * 1024 * 1024}\n"


def test_a_command_is_on_so_many_cores_at_most_and_the_worker_stays_on_all():
    before = os.sched_getaffinity(0)
    asked = 'python3 -c "import os; print(len(os.sched_getaffinity(0)))"'
    assert run(asked, cores=0.5).outputs["log"] == "1\n"
    assert run(asked, cores="2").outputs["log"] == f"{min(2, len(before))}\n"
    assert os.sched_getaffinity(0) == before


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_limits_of_time_and_memory_hold_over_ssh_too():
    with ssh_server() as (port, key):
        web = {"web1": HostAccess("127.0.0.1", port, "ops", "pw", "", key)}
        assert run("ulimit -t; ulimit -v", "web1", web, cpu_s=7, memory_mb=300).outputs["log"] == "7\n307200\n"
    # What the server leaves behind is to be told of here, where it is expected.
    gc.collect()


def test_without_limits_nothing_stands_between_the_command_and_the_machine():
    free = run("ulimit -t; ulimit -v")
    assert isinstance(free, Done)
    assert free.outputs["log"] == "unlimited\nunlimited\n"
