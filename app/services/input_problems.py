"""What is wrong with the inputs of a flow's nodes as far as it can be told before a run: a value that is written out, and none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.engine.core.languages import LANGUAGES, Language
from app.engine.core.schema import check_inputs, with_defaults
from app.engine.core.tree import ServiceActivity
from app.engine.core.tree_reading import parse_tree
from app.engine.core.values import Json
from app.engine.plugins.registry import find_plugin
from app.errors import InvalidInput, Problem


def input_problems(tree: Mapping[str, Json]) -> list[Problem]:
    """Return what is wrong with inputs that hold no reference; `where` is the node. A tree that cannot be read has none.

    Only people who publish from the editor are held to what is new of it: other systems save flows that get their inputs
    later.
    """
    try:
        parsed = parse_tree(tree)
    except InvalidInput:
        return []
    language = LANGUAGES[parsed.language]
    tasks = (activity for activity in parsed.activities.values() if isinstance(activity, ServiceActivity))
    return [problem for activity in tasks for problem in _of(activity, language)]


def new_input_problems(tree: Mapping[str, Json], known: Mapping[str, Json]) -> list[Problem]:
    """Return what is wrong with inputs of a tree and was not already so in another one, `known`."""
    before = set(input_problems(known))
    return [problem for problem in input_problems(tree) if problem not in before]


def _of(activity: ServiceActivity, language: Language) -> list[Problem]:
    plugin = find_plugin(activity.code, activity.version)
    if plugin is None:
        return []
    inputs = with_defaults(plugin.inputs, {key: entry.value for key, entry in activity.inputs.items()})
    hooked = {key for key, entry in activity.inputs.items() if entry.hook}
    settled = [f for f in plugin.inputs if f.key not in hooked and not language.references(inputs.get(f.key))]
    return [replace(problem, where=activity.id) for problem in check_inputs(settled, inputs)]
