"""bin/odoo: Odoo's own command with our configuration, Python and database server.

bin/odoo shell -d kehu          bin/odoo -d kehu -u group_credit --stop-after-init
"""

import subprocess
import sys

from kehu import postgres
from kehu.paths import CONFIG, PYTHON
from kehu.setup import command, prepare


def odoo(*words: object) -> list[str]:
    """Odoo's command line. A subcommand (``shell``, ``db`` …) stays in front."""
    args = [str(word) for word in words]
    sub = [args.pop(0)] if args and not args[0].startswith("-") else []
    return [str(PYTHON), "-m", "odoo", *sub, "-c", str(CONFIG), *args]


def main() -> int:
    prepare("run")
    with postgres.server():
        return subprocess.call(odoo(*sys.argv[1:]), env=postgres.environment())


if __name__ == "__main__":
    command(main)
