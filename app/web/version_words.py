"""What a version changed, as a short line in the reader's language: "2 nodes added, 1 changed, 1 variable renamed"."""

from __future__ import annotations

from flask_babel import gettext, ngettext

from app.engine.core.change_counts import Counts


def words_of_changes(counts: Counts | None) -> str:
    """Tell what changed against the version before, of which there is none where there are no counts."""
    if counts is None:
        return gettext("The first version")
    said = [*_nodes(counts), *_variables(counts), *_others(counts)]
    if said:
        return gettext(", ").join(said)
    return gettext("Only arranged otherwise") if counts.arranged else gettext("No changes")


def _nodes(counts: Counts) -> list[str]:
    added, removed, changed = counts.nodes_added, counts.nodes_removed, counts.nodes_changed
    return _said_once(
        (added, ngettext("%(num)d node added", "%(num)d nodes added", added), ""),
        (removed, ngettext("%(num)d node removed", "%(num)d nodes removed", removed), _removed(removed)),
        (changed, ngettext("%(num)d node changed", "%(num)d nodes changed", changed), _changed(changed)),
    )


def _variables(counts: Counts) -> list[str]:
    added, removed = counts.variables_added, counts.variables_removed
    renamed, changed = counts.variables_renamed, counts.variables_changed
    return _said_once(
        (added, ngettext("%(num)d variable added", "%(num)d variables added", added), ""),
        (removed, ngettext("%(num)d variable removed", "%(num)d variables removed", removed), _removed(removed)),
        (
            renamed,
            ngettext("%(num)d variable renamed", "%(num)d variables renamed", renamed),
            ngettext("%(num)d renamed", "%(num)d renamed", renamed),
        ),
        (changed, ngettext("%(num)d variable changed", "%(num)d variables changed", changed), _changed(changed)),
    )


def _others(counts: Counts) -> list[str]:
    lines, notes, outputs, settings = counts.lines, counts.notes, counts.outputs, counts.settings
    told = [
        (lines, ngettext("%(num)d line changed", "%(num)d lines changed", lines)),
        (notes, ngettext("%(num)d note changed", "%(num)d notes changed", notes)),
        (outputs, ngettext("%(num)d output changed", "%(num)d outputs changed", outputs)),
        (settings, ngettext("%(num)d setting of the flow changed", "%(num)d settings of the flow changed", settings)),
    ]
    return [words for number, words in told if number]


def _removed(count: int) -> str:
    return ngettext("%(num)d removed", "%(num)d removed", count)


def _changed(count: int) -> str:
    return ngettext("%(num)d changed", "%(num)d changed", count)


def _said_once(*told: tuple[int, str, str]) -> list[str]:
    """Return the words of what there is: the first names what is counted, those after it go without."""
    there = [(whole, short) for number, whole, short in told if number]
    return [whole for whole, _ in there[:1]] + [short for _, short in there[1:]]
