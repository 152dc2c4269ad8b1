"""What the operations take and give.

Written from the OpenAPI document by `python -m tests.client.generate`; do not edit.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class ClaimFunctionalizationTaskParams(TypedDict):
    """Claim functionalization task params."""

    constants: NotRequired[dict[str, Any]]
    name: NotRequired[str]
    scope: NotRequired[str]


class CopyTemplateAcrossProjectResult(TypedDict):
    """Copy template across project result."""

    count: int
    flows: dict[str, str]


class CopyTemplateAcrossProjectParams(TypedDict):
    """Copy template across project params."""

    new_project_id: int
    template_ids: list[int]
    scope: NotRequired[str]


class CreateAndStartTaskResult(TypedDict):
    """Create and start task result."""

    task_id: int
    task_url: str
    pipeline_tree: dict[str, Any]


class CreateAndStartTaskParams(TypedDict):
    """Create and start task params."""

    name: str
    template_source: NotRequired[str]
    flow_type: NotRequired[Literal["common", "common_func"]]
    constants: NotRequired[dict[str, Any]]
    exclude_task_nodes_id: NotRequired[list[str]]
    execute_task_nodes_id: NotRequired[list[str]]
    template_schemes_id: NotRequired[list[str]]
    pipeline_tree: NotRequired[dict[str, Any]]
    description: NotRequired[str]
    priority: NotRequired[int]
    callback_url: NotRequired[str | None]
    callback_version: NotRequired[str | None]
    scope: NotRequired[str]


class CreateClockedTaskResult(TypedDict):
    """Create clocked task result."""

    id: int
    project_id: int
    task_id: int | None
    task_name: str
    template_id: int | None
    template_source: str
    creator: str
    plan_start_time: str
    state: str


class CreateClockedTaskParams(TypedDict):
    """Create clocked task params."""

    task_name: str
    plan_start_time: str
    task_parameters: NotRequired[dict[str, Any]]
    scope: NotRequired[str]


class CreatePeriodicTaskResult(TypedDict):
    """Create periodic task result."""

    id: int
    name: str
    creator: str
    cron: str
    enabled: bool
    last_run_at: str
    total_run_count: int
    template_id: str | int
    template_source: str
    form: dict[str, dict[str, Any]]
    pipeline_tree: dict[str, Any]


class CreatePeriodicTaskParams(TypedDict):
    """Create periodic task params."""

    name: str
    cron: dict[str, str]
    template_source: NotRequired[str]
    constants: NotRequired[dict[str, Any]]
    exclude_task_nodes_id: NotRequired[list[str]]
    scope: NotRequired[str]


class CreateTemplateResult(TypedDict):
    """Create template result."""

    template_id: int
    template_name: str


class CreateTemplateParams(TypedDict):
    """Create template params."""

    name: str
    pipeline_tree: dict[str, Any]
    category: NotRequired[str]
    description: NotRequired[str]
    scope: NotRequired[str]


class FastCreateTaskParams(TypedDict):
    """Fast create task params."""

    name: str
    pipeline_tree: dict[str, Any]
    category: NotRequired[str]
    flow_type: NotRequired[Literal["common", "common_func"]]
    constants: NotRequired[dict[str, Any]]
    description: NotRequired[str]
    priority: NotRequired[int]
    has_common_subprocess: NotRequired[bool]
    callback_url: NotRequired[str | None]
    callback_version: NotRequired[str | None]
    scope: NotRequired[str]


class ClockedTaskListParams(TypedDict):
    """Clocked task list params."""

    scope: NotRequired[str]


class CommonTemplateInfoResult(TypedDict):
    """Common template info result."""

    id: int
    name: str
    creator: str
    create_time: str
    editor: str | None
    edit_time: str
    category: str
    description: str
    pipeline_tree: dict[str, Any]


class CommonTemplateListResultRow(TypedDict):
    """Common template list result row."""

    id: int
    name: str
    creator: str
    create_time: str
    editor: str | None
    edit_time: str
    category: str
    description: str


class CommonTemplateListParams(TypedDict):
    """Common template list params."""

    id_in: NotRequired[list[int]]
    name_keyword: NotRequired[str]


class FunctionalizationTaskListResultRowTask(TypedDict):
    """Functionalization task list result row task."""

    id: int
    name: str
    category: str
    create_method: str
    creator: str
    executor: str
    start_time: str | None
    finish_time: str | None
    is_started: bool
    is_finished: bool
    template_source: str
    template_id: str


class FunctionalizationTaskListResultRow(TypedDict):
    """Functionalization task list result row."""

    id: int
    name: str
    creator: str
    create_time: str
    claimant: str
    claim_time: str | None
    rejecter: str
    reject_time: str | None
    predecessor: str
    transfer_time: str | None
    status: str
    task: FunctionalizationTaskListResultRowTask


class FunctionalizationTaskListParams(TypedDict):
    """Functionalization task list params."""

    status: NotRequired[str]
    id_in: NotRequired[list[int]]
    task_id_in: NotRequired[list[int]]
    project_id: NotRequired[int]
    create_time_gte: NotRequired[str]
    create_time_lte: NotRequired[str]
    offset: NotRequired[int]
    limit: NotRequired[int]


class PeriodicTaskListResultRow(TypedDict):
    """Periodic task list result row."""

    id: int
    name: str
    creator: str
    cron: str
    enabled: bool
    last_run_at: str
    total_run_count: int
    template_id: str
    template_source: str


class PluginDetailResultInputsRow(TypedDict):
    """Plugin detail result inputs row."""

    key: str
    name: str
    type: str
    required: bool
    schema: dict[str, Any]


class PluginDetailResultOutputsRow(TypedDict):
    """Plugin detail result outputs row."""

    key: str
    name: str
    type: str
    schema: dict[str, Any]


class PluginDetailResult(TypedDict):
    """Plugin detail result."""

    inputs: list[PluginDetailResultInputsRow]
    outputs: list[PluginDetailResultOutputsRow]
    desc: str
    code: str
    name: str
    group_name: str
    version: str
    form: str


class PluginDetailParams(TypedDict):
    """Plugin detail params."""

    code: NotRequired[str]
    version: NotRequired[str]
    scope: NotRequired[str]


class TaskCountResult(TypedDict):
    """Task count result."""

    count: int


class TaskCountParams(TypedDict):
    """Task count params."""

    keyword: NotRequired[str]
    is_started: NotRequired[bool]
    is_finished: NotRequired[bool]
    creator: NotRequired[str]
    executor: NotRequired[str]
    create_method: NotRequired[str]
    template_id: NotRequired[int]
    template_ids: NotRequired[list[int]]
    create_time_start: NotRequired[str]
    create_time_end: NotRequired[str]
    scope: NotRequired[str]


class TaskDetailResultOutputsRow(TypedDict):
    """Task detail result outputs row."""

    key: str
    value: Any
    name: str


class TaskDetailResult(TypedDict):
    """Task detail result."""

    id: int
    business_id: int | None
    business_name: str
    project_id: int
    project_name: str
    name: str
    instance_name: str
    creator: str
    create_time: str
    create_method: str
    executor: str
    template_id: str
    start_time: str
    finish_time: str
    end_time: str
    elapsed_time: int
    task_url: str
    pipeline_tree: dict[str, Any]
    constants: dict[str, dict[str, Any]]
    outputs: list[TaskDetailResultOutputsRow]
    ex_data: str


class TaskListResultRow(TypedDict):
    """Task list result row."""

    id: int
    name: str
    category: str
    create_method: str
    creator: str
    executor: str
    create_time: str
    start_time: str
    finish_time: str
    is_started: bool
    is_finished: bool
    template_source: str
    template_id: str
    project_id: int
    project_name: str
    bk_biz_id: int | None
    bk_biz_name: str
    auth_actions: list[str]


class TaskListParams(TypedDict):
    """Task list params."""

    keyword: NotRequired[str]
    is_started: NotRequired[bool]
    is_finished: NotRequired[bool]
    creator: NotRequired[str]
    executor: NotRequired[str]
    create_method: NotRequired[str]
    template_id: NotRequired[int]
    template_ids: NotRequired[list[int]]
    create_time_start: NotRequired[str]
    create_time_end: NotRequired[str]
    scope: NotRequired[str]
    offset: NotRequired[int]
    limit: NotRequired[int]
    without_count: NotRequired[bool]


class TaskNodeDataResultOutputsRow(TypedDict):
    """Task node data result outputs row."""

    name: NotRequired[str]
    key: str
    value: Any
    preset: bool


class TaskNodeDataResult(TypedDict):
    """Task node data result."""

    inputs: dict[str, Any]
    outputs: list[TaskNodeDataResultOutputsRow]
    ex_data: str


class TaskNodeDataParams(TypedDict):
    """Task node data params."""

    node_id: NotRequired[str]
    act_id: NotRequired[str]
    component_code: NotRequired[str]
    subprocess_stack: NotRequired[str]
    loop: NotRequired[int]
    scope: NotRequired[str]


class TaskNodeDetailResultHistoriesRow(TypedDict):
    """Task node detail result histories row."""

    history_id: int
    elapsed_time: int
    inputs: dict[str, Any]
    outputs: list[TaskNodeDataResultOutputsRow]
    ex_data: str
    loop: int
    state: str
    start_time: str
    finish_time: str
    children: dict[str, Any]


class TaskNodeDetailResult(TypedDict):
    """Task node detail result."""

    id: str
    state: Literal["CREATED", "RUNNING", "FAILED", "SUSPENDED", "NODE_SUSPENDED", "REVOKED", "FINISHED"]
    name: str
    retry: int
    loop: int
    skip: bool | int
    error_ignorable: bool
    version: str
    elapsed_time: int
    start_time: str | None
    finish_time: str | None
    children: dict[str, dict[str, Any]]
    histories: list[TaskNodeDetailResultHistoriesRow]
    inputs: dict[str, Any]
    outputs: list[TaskNodeDataResultOutputsRow]
    ex_data: str


class TaskNodeLogParams(TypedDict):
    """Task node log params."""

    node_id: str
    version: NotRequired[str]
    scope: NotRequired[str]


class TaskOperateRecordResultRow(TypedDict):
    """Task operate record result row."""

    id: int
    operator: str
    operate_type: str
    operate_date: str
    operate_source: str
    instance_id: int
    node_id: str
    extra_info: dict[str, Any]


class TaskOperateRecordParams(TypedDict):
    """Task operate record params."""

    node_id: NotRequired[str]
    scope: NotRequired[str]


class TaskStatusResult(TypedDict):
    """Task status result."""

    id: NotRequired[str]
    state: Literal["CREATED", "RUNNING", "FAILED", "SUSPENDED", "NODE_SUSPENDED", "REVOKED", "FINISHED"]
    name: NotRequired[str]
    retry: int
    loop: NotRequired[int]
    skip: bool | int
    error_ignorable: NotRequired[bool]
    version: NotRequired[str]
    elapsed_time: int
    start_time: str | None
    finish_time: str | None
    children: NotRequired[dict[str, dict[str, Any]]]
    waits_for_room: NotRequired[bool]


class TasksManualInterventionStateResultRow(TypedDict):
    """Tasks manual intervention state result row."""

    id: int
    manual_intervention_required: bool


class TasksManualInterventionStateParams(TypedDict):
    """Tasks manual intervention state params."""

    task_id_list: list[int]
    scope: NotRequired[str]


class TasksStatusResultRow(TypedDict):
    """Tasks status result row."""

    id: int
    name: str
    status: TaskStatusResult
    flow_type: str
    current_flow: str
    is_deleted: bool
    create_time: str
    start_time: str
    finish_time: str
    url: str


class TasksStatusParams(TypedDict):
    """Tasks status params."""

    task_id_list: list[int]
    include_children_status: NotRequired[bool]
    scope: NotRequired[str]


class TemplateInfoResult(TypedDict):
    """Template info result."""

    id: int
    name: str
    creator: str
    create_time: str
    editor: str | None
    edit_time: str
    category: str
    description: str
    bk_biz_id: str
    bk_biz_name: str
    project_id: int
    project_name: str
    pipeline_tree: dict[str, Any]


class TemplateInfoParams(TypedDict):
    """Template info params."""

    template_source: NotRequired[str]
    scope: NotRequired[str]


class TemplateListResultRow(TypedDict):
    """Template list result row."""

    id: int
    name: str
    creator: str
    create_time: str
    editor: str | None
    edit_time: str
    category: str
    description: str
    bk_biz_id: str
    bk_biz_name: str
    project_id: int
    project_name: str


class TemplateListParams(TypedDict):
    """Template list params."""

    template_source: NotRequired[str]
    scope: NotRequired[str]
    id_in: NotRequired[list[int]]
    name_keyword: NotRequired[str]


class TemplateSchemesResultRow(TypedDict):
    """Template schemes result row."""

    id: str
    name: str
    data: str


class UserProjectDetailResult(TypedDict):
    """User project detail result."""

    project_id: int
    project_name: str
    bk_biz_id: int | None
    from_cmdb: bool
    bk_biz_name: str
    bk_biz_developer: str
    bk_biz_maintainer: str
    bk_biz_tester: str
    bk_biz_productor: str


class UserProjectListResultRow(TypedDict):
    """User project list result row."""

    project_id: int
    bk_biz_id: int | None
    name: str


class ImportCommonTemplateParams(TypedDict):
    """Import common template params."""

    template_data: str
    override: NotRequired[bool]
    scope: NotRequired[str]


class ModifyConstantsForPeriodicTaskParams(TypedDict):
    """Modify constants for periodic task params."""

    constants: NotRequired[dict[str, Any]]
    scope: NotRequired[str]


class ModifyConstantsForTaskParams(TypedDict):
    """Modify constants for task params."""

    constants: dict[str, Any]
    scope: NotRequired[str]


class ModifyCronForPeriodicTaskResult(TypedDict):
    """Modify cron for periodic task result."""

    cron: str


class ModifyCronForPeriodicTaskParams(TypedDict):
    """Modify cron for periodic task params."""

    cron: NotRequired[dict[str, str]]
    scope: NotRequired[str]


class NodeCallbackParams(TypedDict):
    """Node callback params."""

    node_id: str
    callback_data: NotRequired[Any]
    version: NotRequired[str]
    scope: NotRequired[str]


class OperateNodeParams(TypedDict):
    """Operate node params."""

    node_id: str
    action: str
    inputs: NotRequired[dict[str, Any]]
    data: NotRequired[dict[str, Any]]
    flow_id: NotRequired[str]
    flow_ids: NotRequired[list[str]]
    scope: NotRequired[str]


class OperateTaskParams(TypedDict):
    """Operate task params."""

    action: NotRequired[str]
    scope: NotRequired[str]


class PreviewCommonTaskTreeResult(TypedDict):
    """Preview common task tree result."""

    pipeline_tree: dict[str, Any]
    constants_not_referred: dict[str, dict[str, Any]]


class PreviewCommonTaskTreeParams(TypedDict):
    """Preview common task tree params."""

    version: NotRequired[str]
    exclude_task_nodes_id: NotRequired[list[str]]
    scope: NotRequired[str]


class PreviewScheduleResult(TypedDict):
    """Preview schedule result."""

    description: str
    time_zone: str
    times: list[str]


class PreviewScheduleParams(TypedDict):
    """Preview schedule params."""

    expression: str
    form: NotRequired[Literal["cron", "bksops", "quartz"]]
    time_zone: NotRequired[str]
    count: NotRequired[int]
    after: NotRequired[str]
    scope: NotRequired[str]


class QueryTaskCountResultGroupsRow(TypedDict):
    """Query task count result groups row."""

    code: str
    name: str
    value: int


class QueryTaskCountResult(TypedDict):
    """Query task count result."""

    total: int
    groups: list[QueryTaskCountResultGroupsRow]


class QueryTaskCountParams(TypedDict):
    """Query task count params."""

    group_by: NotRequired[str]
    conditions: NotRequired[Any]
    scope: NotRequired[str]


class SetPeriodicTaskEnabledResult(TypedDict):
    """Set periodic task enabled result."""

    enabled: bool


class SetPeriodicTaskEnabledParams(TypedDict):
    """Set periodic task enabled params."""

    enabled: NotRequired[Any]
    scope: NotRequired[str]
