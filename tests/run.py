"""`make test`: the whole suite, on all cores, then the browser's tests by themselves.

Tests with processes, queues and browsers share the machine with one another. A few that fail are run once more, alone:
what passes then is named at the end as unstable, which is a fault of the test or of the product and wants to be found.
What fails again, and more than a few failures, fail the suite.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_FAILED = _ROOT / "var" / "tests" / "v" / "cache" / "lastfailed"
_PHASES = (("--ignore=tests/browser", "-n", "auto", "--dist", "loadfile"), ("tests/browser",))
_PASSED, _FAILED_SOME = 0, 1
_FEW = 5


def main() -> int:
    """Run everything; returns what a shell takes for success or failure."""
    _FAILED.unlink(missing_ok=True)
    ends = {_pytest(*phase) for phase in _PHASES}
    if ends == {_PASSED}:
        return 0
    failed = sorted(json.loads(_FAILED.read_text())) if _FAILED.exists() else []
    if not ends <= {_PASSED, _FAILED_SOME} or not 0 < len(failed) <= _FEW:
        return 1
    end = _pytest("--last-failed", "--last-failed-no-failures", "none")
    if end == _PASSED:
        sys.stdout.write("\n".join(["unstable: failed beside others, passed alone", *failed]) + "\n")
    return end


def _pytest(*given: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", "-m", "not soak", *given], cwd=_ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
