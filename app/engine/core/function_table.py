"""The pure functions that `{"Fn::Name": arguments}` calls; each counts what it makes before it makes it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.engine.core.budget import Budget, ExpressionError
from app.engine.core.values import Json, dumps

_PLACE = re.compile(r"\$\{([A-Za-z_][\w.:-]{0,127})\}")
_TIMES = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d")
_LONGEST_FORMAT, _MOST_HOURS = 200, 24 * 366 * 1000


def is_true(value: Json) -> bool:
    """Say whether a value counts as true; the texts `false`, `no`, `0` and nothing do not."""
    return value.strip().lower() not in ("", "false", "0", "no") if isinstance(value, str) else bool(value)


def placeholders(text: str) -> Iterator[tuple[str, str]]:
    """Cut a text at its `${name}` into (part, name); what stands between has no name."""
    at = 0
    for found in _PLACE.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], ""
        yield found[0], found[1]
        at = found.end()
    if at < len(text):
        yield text[at:], ""


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return value if isinstance(value, str) else dumps(value) if isinstance(value, list | Mapping) else str(value)


def _want(given: Any, shape: str, *types: type | tuple[type, ...]) -> list[Any]:
    """Return the arguments of a function if they are of these types, in this number."""
    fits = isinstance(given, list) and len(given) == len(types)
    if not fits or not all(isinstance(part, kind) for part, kind in zip(given, types, strict=True)):
        raise ExpressionError(f"the arguments are {shape}")
    return list(given)


def _list(given: Any, of: str = "a list") -> list[Any]:
    if not isinstance(given, list):
        raise ExpressionError(f"{of} is wanted, not {type(given).__name__}")
    return given


def _encode(budget: Budget, given: Any) -> Json:
    text = _text(given).encode()
    budget.spend(2 * len(text))
    return base64.b64encode(text).decode("ascii")


def _decode(budget: Budget, given: Any) -> Json:
    if not isinstance(given, str):
        raise ExpressionError("a text in base64 is wanted")
    budget.spend(len(given))
    try:
        decoded = base64.b64decode(given, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ExpressionError("the text is not base64 of UTF-8") from error
    return decoded


def _merge(budget: Budget, given: Any) -> Json:
    merged: dict[str, Any] = {}
    for part in _list(given, "a list of objects"):
        if not isinstance(part, Mapping):
            raise ExpressionError("a list of objects is wanted")
        budget.spend(len(part))
        merged.update(part)
    return merged


def _join(budget: Budget, given: Any) -> Json:
    separator, parts = _want(given, "[separator, [values]]", str, list)
    texts = [_text(part) for part in parts]
    budget.spend(sum(len(text) + len(separator) for text in texts))
    joined: Json = separator.join(texts)
    return joined


def _select(budget: Budget, given: Any) -> Json:
    index, holder = _want(given, "[index or key, list or object]", (int, str), (list, Mapping))
    if isinstance(holder, Mapping):
        if str(index) not in holder:
            raise ExpressionError(f"the object has no key {index!r}")
        found: Json = holder[str(index)]
        return found
    number = _whole(index)
    if not -len(holder) <= number < len(holder):
        raise ExpressionError(f"there is no item {number} in a list of {len(holder)}")
    chosen: Json = holder[number]
    return chosen


def _split(budget: Budget, given: Any) -> Json:
    separator, text = _want(given, "[separator, text]", str, str)
    if not separator:
        raise ExpressionError("the separator must not be empty")
    budget.spend(2 * len(text))
    return list(text.split(separator))


def _replace(budget: Budget, given: Any) -> Json:
    pairs, text = _want(given, "[{old: new}, text]", Mapping, str)
    for old, new in pairs.items():
        if old == "":
            raise ExpressionError("the text to be replaced must not be empty")
        written = _text(new)
        budget.spend(len(text) + text.count(old) * len(written))
        text = text.replace(old, written)
    replaced: Json = text
    return replaced


def _extreme(choose: Callable[[list[Any]], Any]) -> Callable[[Budget, Any], Json]:
    def act(budget: Budget, given: Any) -> Json:
        items = _list(given)
        if not items:
            raise ExpressionError("the list is empty")
        budget.spend(len(items))
        found: Json = choose(items)
        return found

    return act


def _collect(budget: Budget, given: Any) -> Json:
    return list(_list(given))


def _equals(budget: Budget, given: Any) -> Json:
    if not isinstance(given, list) or len(given) != 2:
        raise ExpressionError("the arguments are [value, value]")
    budget.read(given)
    left, right = given
    return bool(left == right and isinstance(left, bool) == isinstance(right, bool))


def _not(budget: Budget, given: Any) -> Json:
    return not is_true(given[0] if isinstance(given, list) and len(given) == 1 else given)


def _add_hour(budget: Budget, given: Any) -> Json:
    text, hours = _want(given, "[UTC time, hours]", str, (int, float, str))
    try:
        number = float(hours)
        if not abs(number) <= _MOST_HOURS:
            raise ExpressionError("so many hours lead out of the calendar")
        moved = _moment(text) + timedelta(hours=number)
    except OverflowError as error:
        raise ExpressionError("so many hours lead out of the calendar") from error
    return moved.strftime("%Y-%m-%dT%H:%M:%SZ")


def _format_time(budget: Budget, given: Any) -> Json:
    text, pattern = _want(given, "[UTC time, format such as %Y-%m-%d]", str, str)
    if len(pattern) > _LONGEST_FORMAT or re.search(r"%[^a-zA-Z%]", pattern):
        raise ExpressionError(f"a format has at most {_LONGEST_FORMAT} characters, and letters after each %")
    return _moment(text).strftime(pattern)


def _moment(text: str) -> datetime:
    for form in _TIMES:
        try:
            return datetime.strptime(text.strip()[:40], form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ExpressionError(f"{text[:40]!r} is not a UTC time; one is 2024-04-24T23:06:40Z")


def _distinct(budget: Budget, items: list[Any]) -> list[Any]:
    """Return items without repetition; they are compared by how they are written, since lists and objects do not hash."""
    seen: dict[str, Any] = {}
    for item in items:
        written = dumps(item)
        budget.spend(len(written))
        seen.setdefault(written, item)
    return list(seen.values())


def _lists(given: Any) -> list[list[Any]]:
    return [_list(part, "a list of lists") for part in _list(given, "a list of lists")]


def _intersection(budget: Budget, given: Any) -> Json:
    lists = _lists(given)
    common = [{dumps(item) for item in part} for part in lists[1:]]
    budget.spend(sum(map(budget.weigh, lists)))
    return [item for item in _distinct(budget, lists[0] if lists else []) if all(dumps(item) in c for c in common)]


def _union(budget: Budget, given: Any) -> Json:
    return _distinct(budget, [item for part in _lists(given) for item in part])


def _difference(budget: Budget, given: Any) -> Json:
    """Of several lists, what is in some and not in all of them."""
    lists = _lists(given)
    budget.spend(sum(map(budget.weigh, lists)))
    sets = [{dumps(item) for item in part} for part in lists]
    everything = _distinct(budget, [item for part in lists for item in part])
    return [item for item in everything if not all(dumps(item) in s for s in sets)]


def _map_join(budget: Budget, given: Any) -> Json:
    keys, values = _want(given, "[[keys], [values]]", list, list)
    if len(keys) != len(values):
        raise ExpressionError(f"there are {len(keys)} keys and {len(values)} values")
    budget.spend(len(keys))
    return {_text(key): value for key, value in zip(keys, values, strict=True)}


def _to_list(budget: Budget, given: Any) -> Json:
    """Make a list of {Key, Value} objects of an object."""
    holder = given[0] if isinstance(given, list) and len(given) == 1 else given
    if not isinstance(holder, Mapping):
        raise ExpressionError("an object is wanted")
    budget.spend(3 * len(holder))
    return [{"Key": key, "Value": value} for key, value in holder.items()]


def _get_attribute(budget: Budget, given: Any) -> Json:
    """Go down an object or list by a path such as `a.0.b`."""
    holder, path = _want(given, "[object, path such as a.b]", (Mapping, list), (str, int))
    for step in str(path).split("."):
        budget.step()
        if isinstance(holder, Mapping) and step in holder:
            holder = holder[step]
        elif (
            isinstance(holder, list)
            and step.isascii()
            and step.isdecimal()
            and len(step) < 10
            and int(step) < len(holder)
        ):
            holder = holder[int(step)]
        else:
            raise ExpressionError(f"there is no {str(path)[:80]!r}")
    found: Json = holder
    return found


def _whole(value: Any) -> int:
    if isinstance(value, bool) or (isinstance(value, str) and len(value) > 12):
        raise ExpressionError("an index is a whole number")
    return int(value)


FUNCTIONS: Mapping[str, Callable[[Budget, Any], Json]] = {
    "Fn::Base64Encode": _encode,
    "Fn::Base64Decode": _decode,
    "Fn::MergeMap": _merge,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Replace": _replace,
    "Fn::Min": _extreme(min),
    "Fn::Max": _extreme(max),
    "Fn::First": _extreme(lambda items: items[0]),
    "Fn::Last": _extreme(lambda items: items[-1]),
    "Fn::ListJoin": _collect,
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::AddHour": _add_hour,
    "Fn::FormatUTCTime": _format_time,
    "Fn::Intersection": _intersection,
    "Fn::Union": _union,
    "Fn::Difference": _difference,
    "Fn::MapJoin": _map_join,
    "Fn::ConvertMapToList": _to_list,
    "Fn::GetAtt": _get_attribute,
}
"""The functions of rendered arguments, by name."""
