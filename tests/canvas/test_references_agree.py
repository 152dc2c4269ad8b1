"""The canvas finds the variables of a text as the server does: the same texts are put to both."""

from __future__ import annotations

import json
import subprocess

import pytest

from app.engine.core.templating import references
from jobs.setup import ROOT, node_environment

TEXTS = (
    "", "no piece", "$a ${", "${}", "${ }", "${a}", "${ a }", "${\ta\n}", "x ${a} y ${b} z", "${a}${b}", "${a + b * c - a}",
    "${_system.operator}", "${_loop}", "${_env_site}", "${_private}", "${a._b}", "${a.b.c}", "${中文}", "${1a}", "${class}",
    "${True if a else None}", '${ip.split(",")[0]}', '${"-".join(x)}', '${x.replace("a", "b")}', "${x['y']}", "${x[y]}",
    "${x[1:b]}", "${x[::]}", "${x[]}", "${len(a)}", "${len}", "${len(len)}", "${(f)(a)}", "${f(a, b,)}", "${f(*a)}", "${f(k=a)}",
    "${[x for x in a]}", "${x + [x for x in a][0]}", "${[a, b]}", "${(a,)}", "${a, b}", "${{a, b}}", "${{'k': a}}", "${{**a}}",
    "${[p + q for p, q in a if p != b]}", "${{k: v for k, v in a.items()}}", "${sum(x.n for x in a)}", "${f(b, x for x in a)}",
    "${[x for x.y in a]}", "${[x for (x, [y, z.w]) in a]}", "${[1 for 1 in a]}", "${f'{a} of {b!s}'}", "${f'{a:>3}'}", "${f'{a!r}'}",
    "${f'{{a}} {b}'}", "${f'{a'}", '${f"{x[\'k\']}"}', "${a if b}", "${not a in b}", "${a not in b is not c}", "${a == not b}",
    "${-a ** -b}", "${a | b ^ c & d << e}", "${a @ b}", "${~a}", "${a < b < c}", "${a and b or not c}", "${a := b}", "${lambda: a}",
    "${VAR:-x}", "${VAR%.*}", "${#a}", "${a # b}", "${a\nb}", "${(a\n+ b)}", "${a; b}", "${a =}", "${...}", "${a...b}",
    "${'}'}", "${'\\'}' + a}", "${'a\nb'}", "${'''a\nb''' + c}", "${r'\\d' + a}", "${'\\x1' + a}", "${'a' 'b' f'{c}'}", "${b'x' + a}",
    "${12_3 + a}", "${012 + a}", "${1__2 + a}", "${0x1f + a}", "${1e5 + a}", "${2j + a}", "${1if a else 2}", "${1.a}", "${1..real}",
    "${a ${b} c}", "${'${b}'}", "${{'a': {'b': c}}}", "${a}}", "${{a}", "a}${b", "${a\0}", "${'\\N{EM DASH}' + a}",
    "${" + "+".join("abcdefghij" * 3) + "}", "${" + "+".join("abcdefghij" * 5) + "}", "${" + "(" * 60 + "a" + ")" * 60 + "}",
    "${" + "(" * 300 + "a" + ")" * 300 + "}", "${" + "-" * 37 + "a}", "${" + "-" * 38 + "a}", "${" + "a" * 2001 + "}",
)  # fmt: skip

_ASK = """
import { keysIn } from "./app/static/canvas/tree/references.js";
let given = "";
for await (const part of process.stdin) given += part;
console.log(JSON.stringify(JSON.parse(given).map((text) => [...keysIn(text)])));
"""


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning")
def test_the_canvas_and_the_server_find_the_same_names() -> None:
    """Texts with every part of the language, and with what is close to it but not of it."""
    done = subprocess.run(
        ["node", "--input-type=module", "-e", _ASK], cwd=ROOT, env=node_environment(), input=json.dumps(TEXTS),
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    found = {text: frozenset(keys) for text, keys in zip(TEXTS, json.loads(done.stdout), strict=True)}
    wanted = {text: frozenset("${" + name + "}" for name in references(text)) for text in TEXTS}
    assert {text: keys for text, keys in found.items() if keys != wanted[text]} == {}
