"""What states, waits, kinds of nodes, orders and notices are called in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from app.sentences import say

_CALLED: Mapping[str, str] = {
    said: said
    for said in (
        say("running"), say("paused"), say("finished"), say("failed"), say("revoked"), say("skipped"),
        say("upstream_failed"), say("not reached"), say("ready"), say("timer"), say("callback"), say("person"),
        say("child"), say("joining"), say("limit"), say("start"), say("end"), say("activity"), say("subprocess"),
        say("exclusive"), say("parallel"), say("conditional"), say("converge"), say("opening"), say("step"),
        say("closing"), say("pause"), say("resume"), say("revoke"), say("owed"), say("sent"),
    )
}  # fmt: skip


def called(word: str) -> str:
    """Return a state, a wait, a kind or an order as a word that is translated."""
    return _CALLED.get(word, str(word))
