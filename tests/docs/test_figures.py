"""What the measurements print becomes the tables of docs/figures.md."""

from __future__ import annotations

import pytest

from benchmarks import figures
from benchmarks.figures import BEGIN, END, as_tables, with_tables
from tests.docs.pages import text

PRINTED = f"""SQLite 3.45.1
  {"workload":44} {"nodes/s":>9} {"of floor":>9}   seconds p50 / p99
  {"floor: raw driver, one commit a step":44} {6700:9.0f} {"1.00":>9}
  {"W1  100 nodes in a row":44} {2700:9.0f} {0.4:9.2f}   0.037 / 0.040
  {"W5  callback to finish":44} {"":9} {"":9}   0.004 / 0.005
  a node of W1 costs 5.00 statements and 1.00 commits; W1 sent 1 job(s)

SQLite with 100,000 tasks and 10,000 flows, medians, the whole call
  {"get_task_list, the newest 100":44} {12.34:7.1f} ms
The canvas with 1,000 nodes in Chromium, medians of 5
  {"":44} {"empty":>9} {"1,000":>9} {"ratio":>7}
  {"a frame while a node is dragged":44} {8.3:6.1f} ms {1016.7:6.1f} ms {2.0:7.1f}
"""

TABLES = """### SQLite 3.45.1

| workload | nodes/s | of floor | seconds p50 / p99 |
| --- | ---: | ---: | ---: |
| floor: raw driver, one commit a step | 6700 | 1.00 | |
| W1 100 nodes in a row | 2700 | 0.40 | 0.037 / 0.040 |
| W5 callback to finish | | | 0.004 / 0.005 |

a node of W1 costs 5.00 statements and 1.00 commits; W1 sent 1 job(s)

### SQLite with 100,000 tasks and 10,000 flows, medians, the whole call

| | |
| --- | ---: |
| get_task_list, the newest 100 | 12.3 ms |

### The canvas with 1,000 nodes in Chromium, medians of 5

| | empty | 1,000 | ratio |
| --- | ---: | ---: | ---: |
| a frame while a node is dragged | 8.3 ms | 1016.7 ms | 2.0 |
"""


def test_printed_rows_become_tables():
    assert as_tables(PRINTED).replace("|  |", "| |").replace("|  |", "| |") == TABLES


def test_the_page_has_a_place_for_them():
    page = with_tables(text("figures.md"), "the tables\n")
    assert f"{BEGIN}\nthe tables\n\n{END}" in page
    assert page.startswith("# Figures")
    with pytest.raises(AssertionError, match="has no"):
        with_tables("a page without a place", "the tables")


def test_what_is_printed_is_kept_as_tables_with_when_and_where(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(figures, "ROOT", tmp_path)
    monkeypatch.setattr(figures, "LAST", tmp_path / "var" / "figures.md")
    with figures.kept(into_page=False):
        print(PRINTED, end="")

    assert capsys.readouterr().out == f"{PRINTED}the same as tables: var/figures.md\n"
    written = (tmp_path / "var" / "figures.md").read_text()
    assert written.startswith("Measured on 20")
    assert "| W1 100 nodes in a row | 2700 | 0.40 |" in written
