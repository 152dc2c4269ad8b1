"""Numbers by which other systems know flows and their tasks: given once in an installation, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from app.models.flows import FlowNumber

LARGEST = 2**31 - 1
_OWN_END = 2**30
"""Numbers that were asked for may lie above; ours go on below, so that one large number does not use them up."""


def new_numbers(session: Session, template_id: int, count: int) -> Sequence[int]:
    """Give a flow numbers that nobody has."""
    _hold(session)
    last = session.scalar(select(func.max(FlowNumber.id)).where(FlowNumber.id < _OWN_END)) or 0
    made = range(last + 1, last + 1 + count)
    session.add_all(FlowNumber(id=number, template_id=template_id) for number in made)
    session.flush()
    return made


def take_number(session: Session, template_id: int, wanted: int) -> bool:
    """Give a flow the number that it asks for, if nobody has it; says whether it has it now."""
    if not 0 < wanted <= LARGEST:
        return False
    _hold(session)
    known = session.get(FlowNumber, wanted)
    if known is not None:
        return known.template_id == template_id
    session.add(FlowNumber(id=wanted, template_id=template_id))
    session.flush()
    return True


def template_of_number(session: Session, number: int) -> int | None:
    """Return the flow that a number belongs to, its own or that of one of its tasks."""
    return session.scalar(select(FlowNumber.template_id).where(FlowNumber.id == number))


def drop_numbers(session: Session, template_id: int) -> None:
    """Set a flow's numbers free."""
    session.execute(delete(FlowNumber).where(FlowNumber.template_id == template_id))


def _hold(session: Session) -> None:
    """Let nobody else give numbers until the transaction ends; on SQLite nobody else writes in any case."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE flow_number IN SHARE ROW EXCLUSIVE MODE"))
