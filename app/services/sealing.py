"""Passwords in trees, on their way into the database: sealed for the project that they are for, and for no other.

What comes from outside may bring passwords in plain text, and seals that were read from the same project. A seal of
another project, or of the common flows, is refused: who pastes it need not know the password, and could have a flow of
their own give it away. What was stored before goes on as it is: a task of a common flow runs with the common flow's seals.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from app.engine.core.secret_values import Place, is_secret, secrets_of, with_placed_secrets, with_secrets
from app.engine.core.values import Json, name_of
from app.errors import InvalidInput, Problem
from app.models.sealed import (
    COMMON,
    UNBOUND,
    can_open,
    is_sealed,
    owner_of,
    owners_in_task,
    seal,
    sealed_for,
    unseal,
)
from app.sentences import say


def sealed_from_outside(
    tree: Mapping[str, Json], project_id: int | None, before: Mapping[str, Json] | None = None
) -> dict[str, Any]:
    """Return a tree from outside as it is stored for a project, None for a common flow.

    Raises InvalidInput for every password that is sealed for somebody else. A seal from before seals were bound is
    accepted, and bound, where it stood already in `before`, the tree that this one takes the place of.
    """
    problems = sealing_problems(tree, project_id, before)
    if problems:
        raise InvalidInput.of(problems)
    owner = owner_of(project_id)

    def change(text: str) -> str:
        if is_sealed(text):
            return seal(unseal(text, (UNBOUND,)), owner) if sealed_for(text) == UNBOUND else text
        return seal(text, owner)

    return with_secrets(tree, change)


def sealing_problems(
    tree: Mapping[str, Json], project_id: int | None, before: Mapping[str, Json] | None = None
) -> list[Problem]:
    """Return what is wrong with the seals in a tree from outside; `where` is the key of the variable."""
    known = set(secrets_of(before)) if before is not None else set()
    return list(_foreign(tree, project_id, known))


def sealed_as_is(tree: Mapping[str, Json], project_id: int | None) -> dict[str, Any]:
    """Return an unfinished tree as it is stored: plain passwords sealed, and seals left alone, whoever's they are."""
    owner = owner_of(project_id)
    return with_secrets(tree, lambda text: text if is_sealed(text) else seal(text, owner))


def is_stored_as(tree: Mapping[str, Json], stored: Mapping[str, Json], project_id: int | None) -> bool:
    """Say whether a tree is the stored one, be its passwords sealed or in plain text."""
    owners = (owner_of(project_id), UNBOUND)

    def legible(text: str) -> str:
        return unseal(text, owners) if can_open(text, owners) else text

    return with_secrets(tree, legible) == with_secrets(stored, legible)


def sealed_for_task(tree: Mapping[str, Json], project_id: int) -> dict[str, Any]:
    """Return a tree as it is stored for a task of a project: one that was stored before, or has been checked.

    Raises InvalidInput for every password that will not open when the task runs.
    """
    owners = owners_in_task(project_id)
    problems = [
        Problem("sealed_elsewhere", _told(place[-1], text, project_id), place[-1])
        for place, text in secrets_of(tree)
        if is_sealed(text) and not can_open(text, owners)
    ]
    if problems:
        raise InvalidInput.of(problems)
    return sealed_as_is(tree, project_id)


def given_problems(tree: Mapping[str, Any], constants: Mapping[str, Json], project_id: int) -> list[Problem]:
    """Return what is wrong with the seals among values for variables of a tree; the value that one has is its own."""
    by_name = {name_of(key): key for key in tree["constants"]}
    problems = []
    for given, value in constants.items():
        key = by_name.get(name_of(given))
        constant = tree["constants"][key] if key is not None else {}
        if key is None or not is_secret(constant) or not isinstance(value, str) or value == constant.get("value"):
            continue
        if is_sealed(value) and not can_open(value, (owner_of(project_id),)):
            problems.append(Problem("sealed_elsewhere", _told(key, value, project_id), key))
    return problems


def handed_problems(
    child: Mapping[str, Any], given: Mapping[str, Any], project_id: int | None
) -> list[Problem]:  # fmt: skip
    """Return what is wrong with the seals that a flow of a project hands to a subprocess of its own, or a common one.

    Where the flow itself says that a value is a password, that was asked when the flow was saved.
    """
    own = owner_of(project_id)
    problems = []
    for key, entry in given.items():
        if not isinstance(entry, Mapping) or is_secret(entry) or not is_secret(child["constants"].get(key, {})):
            continue
        value = entry.get("value")
        if isinstance(value, str) and is_sealed(value) and not can_open(value, (own,)):
            problems.append(Problem("sealed_elsewhere", _told(key, value, project_id), key))
    return problems


def sealed_from_file(
    tree: Mapping[str, Json], project_id: int | None, before: Mapping[str, Json] | None
) -> tuple[dict[str, Any], int]:
    """Return a tree from a file with the passwords that it can have here, and how many of them are empty.

    One that the file leaves empty, or brings sealed for somebody else, is that of the same variable in `before`, the tree
    that it replaces.
    """
    owner, known = owner_of(project_id), dict(secrets_of(before)) if before is not None else {}
    empty: list[Place] = []

    def change(place: Place, text: str) -> str:
        if text and (not is_sealed(text) or can_open(text, (owner,))):
            return text
        if place not in known:
            empty.append(place)
        return known.get(place, "")

    return with_placed_secrets(tree, change), len(empty)


def opened(tree: Mapping[str, Json], project_id: int | None) -> dict[str, Any]:
    """Return a stored tree with its passwords in plain text, to be sealed anew at once; what does not open is empty."""
    owners = (owner_of(project_id), UNBOUND)
    return with_secrets(tree, lambda text: unseal(text, owners) if can_open(text, owners) else "")


def without_secrets(tree: Mapping[str, Json]) -> dict[str, Any]:
    """Return a tree whose passwords are empty."""
    return with_secrets(tree, lambda text: "")


def _foreign(
    tree: Mapping[str, Json], project_id: int | None, known: Collection[tuple[Place, str]]
) -> Iterator[Problem]:
    own = owner_of(project_id)
    for place, text in secrets_of(tree):
        is_own = can_open(text, (own,)) or ((place, text) in known and can_open(text, (own, UNBOUND)))
        if is_sealed(text) and not is_own:
            yield Problem("sealed_elsewhere", _told(place[-1], text, project_id), place[-1])


def _told(key: str, text: str, project_id: int | None) -> str:
    owner = sealed_for(text)
    if owner == owner_of(project_id):
        return say(
            "the password in {key} cannot be opened: it was sealed with another SLUICE_SECRET_KEY; type it in again",
            key=key,
        )
    whose = {COMMON: say("for the common flows"), UNBOUND: say("before passwords were bound to projects")}
    found = whose.get(owner) or say("for another project")
    return say("the password in {key} was sealed {whose}; type it in again", key=key, whose=found)
