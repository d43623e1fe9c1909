"""bin/test: every test, against a fresh clone of the template without demo data.

bin/test                                    all, on as many cores as there are
bin/test addons/group_credit -k control     what pytest's own arguments choose
"""

import os
import socket
import subprocess
import sys

from kehu import databases, postgres
from kehu.paths import CONFIG, PYTHON, ROOT
from kehu.setup import command, prepare


def main() -> int:
    prepare("run", "test")
    name = f"kehu_test_{os.getpid()}"
    with postgres.server():
        databases.clone(databases.template(demo=False), name)
        try:
            return run(name)
        finally:
            databases.drop(name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(name: str) -> int:
    """pytest's exit status; our plugin fails the run on a skip or a logged error."""
    env = dict(
        postgres.environment(),
        ODOO_RC=str(CONFIG),
        PYTHONPATH=os.pathsep.join(
            [str(ROOT / "bin/lib"), os.environ.get("PYTHONPATH", "")]
        ),
        # Bytecode of the addons is worth keeping between runs.
        PYTHONDONTWRITEBYTECODE="",
    )
    words = ["-p", "kehu.strict", "--odoo-database", name, "--odoo-log-level", "warn"]
    if not sys.argv[1:]:
        # Each worker clones the database for itself; a chosen few do not repay that.
        words += ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadscope"]
    return subprocess.call(
        [str(PYTHON), "-m", "pytest", *words, *sys.argv[1:]], env=env, cwd=ROOT
    )


if __name__ == "__main__":
    command(main)
