"""bin/bench: the benchmarks. Each file of benchmarks/ answers one question by measuring
ours beside a peer or a limit in the same run, and prints ratios against their targets.

    bin/bench                     all
    bin/bench group_detection     one
"""

import os
import subprocess
import sys

from kehu import databases, postgres
from kehu.paths import CONFIG, PYTHON, ROOT, Failure
from kehu.setup import command, prepare

FOLDER = ROOT / "benchmarks"


def main() -> int:
    names = sys.argv[1:] or sorted(path.stem for path in FOLDER.glob("[!_]*.py"))
    for name in names:
        if not (FOLDER / f"{name}.py").exists():
            raise Failure(f"there is no benchmarks/{name}.py")
    prepare("run", "bench")
    database = f"kehu_bench_{os.getpid()}"
    with postgres.server():
        env = dict(postgres.environment(), ODOO_RC=str(CONFIG), KEHU_DATABASE=database)
        missed = []
        for name in names:
            print(f"\n== {name}", flush=True)
            databases.clone(databases.template(demo=False), database)
            try:
                words = [str(PYTHON), str(FOLDER / f"{name}.py")]
                if subprocess.call(words, env=env, cwd=ROOT):
                    missed.append(name)
            finally:
                databases.drop(database)
    if missed:
        print(f"\nbench: a target was missed, or it failed: {', '.join(missed)}")
    return bool(missed)


if __name__ == "__main__":
    command(main)
