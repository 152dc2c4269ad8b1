"""A method for each operation.

Written from the OpenAPI document by `python -m tests.client.generate`; do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from app.client.shapes import (
    ClaimFunctionalizationTaskParams,
    ClockedTaskListParams,
    CommonTemplateInfoResult,
    CommonTemplateListParams,
    CommonTemplateListResultRow,
    CopyTemplateAcrossProjectParams,
    CopyTemplateAcrossProjectResult,
    CreateAndStartTaskParams,
    CreateAndStartTaskResult,
    CreateClockedTaskParams,
    CreateClockedTaskResult,
    CreatePeriodicTaskParams,
    CreatePeriodicTaskResult,
    CreateTemplateParams,
    CreateTemplateResult,
    FastCreateTaskParams,
    FunctionalizationTaskListParams,
    FunctionalizationTaskListResultRow,
    ImportCommonTemplateParams,
    ModifyConstantsForPeriodicTaskParams,
    ModifyConstantsForTaskParams,
    ModifyCronForPeriodicTaskParams,
    ModifyCronForPeriodicTaskResult,
    NodeCallbackParams,
    OperateNodeParams,
    OperateTaskParams,
    PeriodicTaskListResultRow,
    PluginDetailParams,
    PluginDetailResult,
    PreviewCommonTaskTreeParams,
    PreviewCommonTaskTreeResult,
    PreviewScheduleParams,
    PreviewScheduleResult,
    QueryTaskCountParams,
    QueryTaskCountResult,
    SetPeriodicTaskEnabledParams,
    SetPeriodicTaskEnabledResult,
    TaskCountParams,
    TaskCountResult,
    TaskDetailResult,
    TaskListParams,
    TaskListResultRow,
    TaskNodeDataParams,
    TaskNodeDataResult,
    TaskNodeDetailResult,
    TaskNodeLogParams,
    TaskOperateRecordParams,
    TaskOperateRecordResultRow,
    TasksManualInterventionStateParams,
    TasksManualInterventionStateResultRow,
    TasksStatusParams,
    TasksStatusResultRow,
    TaskStatusResult,
    TemplateInfoParams,
    TemplateInfoResult,
    TemplateListParams,
    TemplateListResultRow,
    TemplateSchemesResultRow,
    UserProjectDetailResult,
    UserProjectListResultRow,
)


class Operations:
    """Every operation of the API, by its name there."""

    def call(self, method: str, path: str, params: Mapping[str, object] | None = None) -> Any:
        """Make a call and return the `data` of its answer; raises what `connection.py` says."""
        raise NotImplementedError

    def claim_functionalization_task(
        self, task_id: int, project_id: int, **params: Unpack[ClaimFunctionalizationTaskParams]
    ) -> str:
        """Claim a functionalized task, perhaps with other values or another name; then it can be started."""
        result: str = self.call("POST", f"claim_functionalization_task/{task_id}/{project_id}/", dict(params))
        return result

    def copy_template_across_project(
        self, project_id: int, **params: Unpack[CopyTemplateAcrossProjectParams]
    ) -> CopyTemplateAcrossProjectResult:
        """Copy up to ten flows, with the flows that they contain, to another project; for trusted apps only."""
        result: CopyTemplateAcrossProjectResult = self.call(
            "POST", f"copy_template_across_project/{project_id}/", dict(params)
        )
        return result

    def create_and_start_task(
        self, template_id: int, project_id: int, **params: Unpack[CreateAndStartTaskParams]
    ) -> CreateAndStartTaskResult:
        """Make a task of a flow and start it, both or neither; a functionalized one is left to be claimed."""
        result: CreateAndStartTaskResult = self.call(
            "POST", f"create_and_start_task/{template_id}/{project_id}/", dict(params)
        )
        return result

    def create_clocked_task(
        self, template_id: int, project_id: int, **params: Unpack[CreateClockedTaskParams]
    ) -> CreateClockedTaskResult:
        """Make a task of a flow as it is now, to be started once, at a time to come."""
        result: CreateClockedTaskResult = self.call(
            "POST", f"create_clocked_task/{template_id}/{project_id}/", dict(params)
        )
        return result

    def create_periodic_task(
        self, template_id: int, project_id: int, **params: Unpack[CreatePeriodicTaskParams]
    ) -> CreatePeriodicTaskResult:
        """Make a periodic task of a flow as it is now; it is disabled until it is enabled."""
        result: CreatePeriodicTaskResult = self.call(
            "POST", f"create_periodic_task/{template_id}/{project_id}/", dict(params)
        )
        return result

    def create_task(
        self, template_id: int, project_id: int, **params: Unpack[CreateAndStartTaskParams]
    ) -> CreateAndStartTaskResult:
        """Make a task of a flow. Every id in its tree is new; variables that nothing refers to are dropped first."""
        result: CreateAndStartTaskResult = self.call("POST", f"create_task/{template_id}/{project_id}/", dict(params))
        return result

    def create_template(self, project_id: int, **params: Unpack[CreateTemplateParams]) -> CreateTemplateResult:
        """Save a flow; everything that is wrong with its tree is told at once."""
        result: CreateTemplateResult = self.call("POST", f"create_template/{project_id}/", dict(params))
        return result

    def fast_create_task(self, project_id: int, **params: Unpack[FastCreateTaskParams]) -> CreateAndStartTaskResult:
        """Make a task of a tree that no flow holds."""
        result: CreateAndStartTaskResult = self.call("POST", f"fast_create_task/{project_id}/", dict(params))
        return result

    def get_clocked_task_list(
        self, project_id: int, **params: Unpack[ClockedTaskListParams]
    ) -> list[CreateClockedTaskResult]:
        """List a project's clocked tasks, newest first."""
        result: list[CreateClockedTaskResult] = self.call("GET", f"get_clocked_task_list/{project_id}/", dict(params))
        return result

    def get_common_template_info(self, template_id: int) -> CommonTemplateInfoResult:
        """Return a common flow with its tree."""
        result: CommonTemplateInfoResult = self.call("GET", f"get_common_template_info/{template_id}/")
        return result

    def get_common_template_list(self, **params: Unpack[CommonTemplateListParams]) -> list[CommonTemplateListResultRow]:
        """List the common flows, newest first."""
        result: list[CommonTemplateListResultRow] = self.call("GET", "get_common_template_list/", dict(params))
        return result

    def get_functionalization_task_list(
        self, **params: Unpack[FunctionalizationTaskListParams]
    ) -> list[FunctionalizationTaskListResultRow]:
        """List the functionalized tasks of the projects that the caller may see, newest first, with their `count`."""
        result: list[FunctionalizationTaskListResultRow] = self.call(
            "GET", "get_functionalization_task_list/", dict(params)
        )
        return result

    def get_periodic_task_info(
        self, task_id: int, project_id: int, **params: Unpack[ClockedTaskListParams]
    ) -> CreatePeriodicTaskResult:
        """Return a periodic task with its form and its own tree."""
        result: CreatePeriodicTaskResult = self.call(
            "GET", f"get_periodic_task_info/{task_id}/{project_id}/", dict(params)
        )
        return result

    def get_periodic_task_list(
        self, project_id: int, **params: Unpack[ClockedTaskListParams]
    ) -> list[PeriodicTaskListResultRow]:
        """List a project's periodic tasks, newest first."""
        result: list[PeriodicTaskListResultRow] = self.call(
            "GET", f"get_periodic_task_list/{project_id}/", dict(params)
        )
        return result

    def get_plugin_detail(self, project_id: int, **params: Unpack[PluginDetailParams]) -> PluginDetailResult:
        """Return one plugin with its inputs and outputs."""
        result: PluginDetailResult = self.call("GET", f"get_plugin_detail/{project_id}/", dict(params))
        return result

    def get_plugin_list(self, project_id: int, **params: Unpack[ClockedTaskListParams]) -> list[PluginDetailResult]:
        """List the plugins that nodes can call."""
        result: list[PluginDetailResult] = self.call("GET", f"get_plugin_list/{project_id}/", dict(params))
        return result

    def get_task_count(self, project_id: int, **params: Unpack[TaskCountParams]) -> TaskCountResult:
        """Count a project's tasks."""
        result: TaskCountResult = self.call("GET", f"get_task_count/{project_id}/", dict(params))
        return result

    def get_task_detail(
        self, task_id: int, project_id: int, **params: Unpack[ClockedTaskListParams]
    ) -> TaskDetailResult:
        """Return a task with its variables, its outputs and its tree; a deleted one too."""
        result: TaskDetailResult = self.call("GET", f"get_task_detail/{task_id}/{project_id}/", dict(params))
        return result

    def get_task_list(self, project_id: int, **params: Unpack[TaskListParams]) -> list[TaskListResultRow]:
        """List a project's tasks, newest first, with their `count` in all."""
        result: list[TaskListResultRow] = self.call("GET", f"get_task_list/{project_id}/", dict(params))
        return result

    def get_task_node_data(
        self, project_id: int, task_id: int, **params: Unpack[TaskNodeDataParams]
    ) -> TaskNodeDataResult:
        """Return a node's inputs and outputs."""
        result: TaskNodeDataResult = self.call("GET", f"get_task_node_data/{project_id}/{task_id}/", dict(params))
        return result

    def get_task_node_detail(
        self, task_id: int, project_id: int, **params: Unpack[TaskNodeDataParams]
    ) -> TaskNodeDetailResult:
        """Return a node with its state, inputs, outputs and earlier attempts."""
        result: TaskNodeDetailResult = self.call("GET", f"get_task_node_detail/{task_id}/{project_id}/", dict(params))
        return result

    def get_task_node_log(self, task_id: int, project_id: int, **params: Unpack[TaskNodeLogParams]) -> str:
        """Return what a node has logged so far."""
        result: str = self.call("GET", f"get_task_node_log/{task_id}/{project_id}/", dict(params))
        return result

    def get_task_operate_record(
        self, task_id: int, project_id: int, **params: Unpack[TaskOperateRecordParams]
    ) -> list[TaskOperateRecordResultRow]:
        """Return what was asked of a task, by whom and from where, oldest first."""
        result: list[TaskOperateRecordResultRow] = self.call(
            "GET", f"get_task_operate_record/{task_id}/{project_id}/", dict(params)
        )
        return result

    def get_task_status(
        self, task_id: int, project_id: int, **params: Unpack[ClockedTaskListParams]
    ) -> TaskStatusResult:
        """Return the states of a task and of every node that it has reached; seven keys before it has started."""
        result: TaskStatusResult = self.call("GET", f"get_task_status/{task_id}/{project_id}/", dict(params))
        return result

    def get_tasks_manual_intervention_state(
        self, project_id: int, **params: Unpack[TasksManualInterventionStateParams]
    ) -> list[TasksManualInterventionStateResultRow]:
        """Say of up to 10 tasks which cannot go on without a person."""
        result: list[TasksManualInterventionStateResultRow] = self.call(
            "POST", f"get_tasks_manual_intervention_state/{project_id}/", dict(params)
        )
        return result

    def get_tasks_status(self, project_id: int, **params: Unpack[TasksStatusParams]) -> list[TasksStatusResultRow]:
        """Return the states of up to 50 tasks."""
        result: list[TasksStatusResultRow] = self.call("POST", f"get_tasks_status/{project_id}/", dict(params))
        return result

    def get_template_info(
        self, template_id: int, project_id: int, **params: Unpack[TemplateInfoParams]
    ) -> TemplateInfoResult:
        """Return a flow with its tree."""
        result: TemplateInfoResult = self.call("GET", f"get_template_info/{template_id}/{project_id}/", dict(params))
        return result

    def get_template_list(self, project_id: int, **params: Unpack[TemplateListParams]) -> list[TemplateListResultRow]:
        """List a project's flows, newest first."""
        result: list[TemplateListResultRow] = self.call("GET", f"get_template_list/{project_id}/", dict(params))
        return result

    def get_template_schemes(
        self, project_id: int, template_id: int, **params: Unpack[TemplateInfoParams]
    ) -> list[TemplateSchemesResultRow]:
        """List the execution schemes of a flow."""
        result: list[TemplateSchemesResultRow] = self.call(
            "GET", f"get_template_schemes/{project_id}/{template_id}/", dict(params)
        )
        return result

    def get_user_project_detail(
        self, project_id: int, **params: Unpack[ClockedTaskListParams]
    ) -> UserProjectDetailResult:
        """Return a project with its people."""
        result: UserProjectDetailResult = self.call("GET", f"get_user_project_detail/{project_id}/", dict(params))
        return result

    def get_user_project_list(self) -> list[UserProjectListResultRow]:
        """List the projects that the caller may see."""
        result: list[UserProjectListResultRow] = self.call("GET", "get_user_project_list/")
        return result

    def import_common_template(self, **params: Unpack[ImportCommonTemplateParams]) -> CopyTemplateAcrossProjectResult:
        """Import common flows from a .dat file; for trusted apps only."""
        result: CopyTemplateAcrossProjectResult = self.call("POST", "import_common_template/", dict(params))
        return result

    def import_project_template(
        self, project_id: int, **params: Unpack[ImportCommonTemplateParams]
    ) -> CopyTemplateAcrossProjectResult:
        """Import flows of a project from a .dat file; for trusted apps only."""
        result: CopyTemplateAcrossProjectResult = self.call(
            "POST", f"import_project_template/{project_id}/", dict(params)
        )
        return result

    def modify_constants_for_periodic_task(
        self, task_id: int, project_id: int, **params: Unpack[ModifyConstantsForPeriodicTaskParams]
    ) -> dict[str, dict[str, Any]]:
        """Change variables of a disabled periodic task; unknown keys are ignored."""
        result: dict[str, dict[str, Any]] = self.call(
            "POST", f"modify_constants_for_periodic_task/{task_id}/{project_id}/", dict(params)
        )
        return result

    def modify_constants_for_task(
        self, task_id: int, project_id: int, **params: Unpack[ModifyConstantsForTaskParams]
    ) -> dict[str, dict[str, Any]]:
        """Change variables of a task that has not started."""
        result: dict[str, dict[str, Any]] = self.call(
            "POST", f"modify_constants_for_task/{task_id}/{project_id}/", dict(params)
        )
        return result

    def modify_cron_for_periodic_task(
        self, task_id: int, project_id: int, **params: Unpack[ModifyCronForPeriodicTaskParams]
    ) -> ModifyCronForPeriodicTaskResult:
        """Change when a disabled periodic task runs, in the project's zone."""
        result: ModifyCronForPeriodicTaskResult = self.call(
            "POST", f"modify_cron_for_periodic_task/{task_id}/{project_id}/", dict(params)
        )
        return result

    def node_callback(self, task_id: int, project_id: int, **params: Unpack[NodeCallbackParams]) -> dict[str, Any]:
        """Give a callback to a node, which may be working still or not have been reached yet."""
        result: dict[str, Any] = self.call("POST", f"node_callback/{task_id}/{project_id}/", dict(params))
        return result

    def operate_node(self, project_id: int, task_id: int, **params: Unpack[OperateNodeParams]) -> str:
        """Retry, skip, fail, call back, pause or resume a node, or choose a gateway's branch."""
        result: str = self.call("POST", f"operate_node/{project_id}/{task_id}/", dict(params))
        return result

    def operate_task(self, task_id: int, project_id: int, **params: Unpack[OperateTaskParams]) -> str | dict[str, Any]:
        """Start, pause, resume or revoke a task."""
        result: str | dict[str, Any] = self.call("POST", f"operate_task/{task_id}/{project_id}/", dict(params))
        return result

    def preview_common_task_tree(
        self, project_id: int, template_id: int, **params: Unpack[PreviewCommonTaskTreeParams]
    ) -> PreviewCommonTaskTreeResult:
        """Show the tree that a task of a common flow would get, without making one."""
        result: PreviewCommonTaskTreeResult = self.call(
            "POST", f"preview_common_task_tree/{project_id}/{template_id}/", dict(params)
        )
        return result

    def preview_schedule(self, project_id: int, **params: Unpack[PreviewScheduleParams]) -> PreviewScheduleResult:
        """Say what an expression means and when it fires next. Sluice's own: bk-sops has no such operation."""
        result: PreviewScheduleResult = self.call("GET", f"preview_schedule/{project_id}/", dict(params))
        return result

    def preview_task_tree(
        self, project_id: int, template_id: int, **params: Unpack[PreviewCommonTaskTreeParams]
    ) -> PreviewCommonTaskTreeResult:
        """Show the tree that a task of a flow would get, without making one."""
        result: PreviewCommonTaskTreeResult = self.call(
            "POST", f"preview_task_tree/{project_id}/{template_id}/", dict(params)
        )
        return result

    def query_task_count(self, project_id: int, **params: Unpack[QueryTaskCountParams]) -> QueryTaskCountResult:
        """Count a project's tasks in groups; conditions narrow, and never reach beyond the project."""
        result: QueryTaskCountResult = self.call("POST", f"query_task_count/{project_id}/", dict(params))
        return result

    def set_periodic_task_enabled(
        self, task_id: int, project_id: int, **params: Unpack[SetPeriodicTaskEnabledParams]
    ) -> SetPeriodicTaskEnabledResult:
        """Enable or disable a periodic task; what was missed meanwhile does not fire."""
        result: SetPeriodicTaskEnabledResult = self.call(
            "POST", f"set_periodic_task_enabled/{task_id}/{project_id}/", dict(params)
        )
        return result

    def start_task(self, task_id: int, project_id: int, **params: Unpack[ClockedTaskListParams]) -> str:
        """Start a task."""
        result: str = self.call("POST", f"start_task/{task_id}/{project_id}/", dict(params))
        return result
