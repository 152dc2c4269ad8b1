"""Sets of hosts with their modules, as bk-sops' allocation of resources writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.core.values import Json, read_json
from app.engine.core.variables.joining import Joiner


def resolve_allocation(value: Json) -> Json:
    """Return the columns of the sets that were allocated, each as a list and as one text, and their modules' addresses.

    `{"separator": ",", "data": [{"bk_set_name": …, "__module": [{"key": name, "value": [address, …]}]}]}` needs no CMDB
    any more: whoever allocated them wrote down what was chosen, as JSON in a text too, as people type it.
    """
    read = _read(value)
    rows = read.get("data") if isinstance(read, Mapping) else None
    if not isinstance(read, Mapping) or not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        return value
    joiner = Joiner(read.get("separator"))
    columns: dict[str, list[Json]] = {}
    for row in rows:
        for name, cell in row.items():
            if name != "__module":
                columns.setdefault(str(name), []).append(cell)
    sets = [(row.get("bk_set_name", ""), _modules(row, joiner)) for row in rows]
    found = [(set_name, name, address) for set_name, own in sets for name, addresses in own for address in addresses]
    return {
        "set_count": len(rows), **columns,
        "_module": [{name: joiner.join(addresses) for name, addresses in own} for _, own in sets],
        **{f"flat__{name}": joiner.join(cells) for name, cells in columns.items()},
        "flat__ip_list": joiner.join(dict.fromkeys(address for *_, address in found)),
        "flat__verbose_ip_list": joiner.join(address for *_, address in found),
        "flat__verbose_ip_module_list": joiner.join(f"{joiner.text(set_name)}>{name}" for set_name, name, _ in found),
    }  # fmt: skip


def _read(value: Json) -> Json:
    if not isinstance(value, str):
        return value
    try:
        return read_json(value)
    except ValueError:
        return value


def _modules(row: Mapping[str, Any], joiner: Joiner) -> list[tuple[str, list[str]]]:
    """Return the modules of a set with their addresses."""
    found = row.get("__module")
    return [
        (joiner.text(module.get("key", "")), _addresses(module.get("value"), joiner))
        for module in (found if isinstance(found, list) else [])
        if isinstance(module, Mapping)
    ]


def _addresses(value: Json, joiner: Joiner) -> list[str]:
    """Return the addresses of a module: of a list, or the one that a text is."""
    if isinstance(value, list):
        return [joiner.text(address) for address in value]
    return [value] if isinstance(value, str) and value else []
