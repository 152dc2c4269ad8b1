"""Sets of hosts with their modules, as bk-sops' allocation of resources writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.core.values import Json, read_json


def resolve_allocation(value: Json) -> Json:
    """Return the columns of the sets that were allocated, each as a list and as one text, and their modules' addresses.

    `{"separator": ",", "data": [{"bk_set_name": …, "__module": [{"key": name, "value": [address, …]}]}]}` needs no CMDB
    any more: whoever allocated them wrote down what was chosen, as JSON in a text too, as people type it.
    """
    read = _read(value)
    rows = read.get("data") if isinstance(read, Mapping) else None
    if not isinstance(read, Mapping) or not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        return value
    separator = str(read.get("separator", ","))
    columns: dict[str, list[Json]] = {}
    modules: list[Json] = []
    pairs: list[tuple[str, str]] = []
    for row in rows:
        for name, cell in row.items():
            if name != "__module":
                columns.setdefault(str(name), []).append(cell)
        own = _modules(row)
        modules.append({name: separator.join(addresses) for name, addresses in own})
        pairs += [(address, f"{row.get('bk_set_name', '')}>{name}") for name, addresses in own for address in addresses]
    addresses = [address for address, _ in pairs]
    return {
        "set_count": len(rows), **columns, "_module": modules,
        **{f"flat__{name}": separator.join(map(str, cells)) for name, cells in columns.items()},
        "flat__ip_list": separator.join(dict.fromkeys(addresses)),
        "flat__verbose_ip_list": separator.join(addresses),
        "flat__verbose_ip_module_list": separator.join(place for _, place in pairs),
    }  # fmt: skip


def _read(value: Json) -> Json:
    if not isinstance(value, str):
        return value
    try:
        return read_json(value)
    except ValueError:
        return value


def _modules(row: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Return the modules of a set with their addresses."""
    found = row.get("__module")
    return [
        (str(module.get("key", "")), _addresses(module.get("value")))
        for module in (found if isinstance(found, list) else [])
        if isinstance(module, Mapping)
    ]


def _addresses(value: Json) -> list[str]:
    """Return the addresses of a module: of a list, or the one that a text is."""
    if isinstance(value, list):
        return [str(address) for address in value]
    return [value] if isinstance(value, str) and value else []
