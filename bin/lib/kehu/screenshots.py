"""bin/screenshots: every screen of docs/screens.json in Chinese, at 1400 px and 390 px,
into docs/images/.

    bin/screenshots                  all
    bin/screenshots credit- cx-      those whose name begins so
"""

import os
import subprocess
import sys

from kehu import databases, postgres
from kehu.odoo import odoo
from kehu.paths import LOGS, PYTHON, ROOT
from kehu.run import stop, wait_until_up
from kehu.setup import command, prepare
from kehu.testing import free_port


def main() -> int:
    prepare("run", "test")
    name = f"kehu_screens_{os.getpid()}"
    log = LOGS / "screenshots.log"
    with postgres.server(), log.open("w") as out:
        databases.clone(databases.template(), name)
        port = free_port()
        words = ["-d", name, "--db-filter", f"^{name}$", "--http-port", port]
        server = subprocess.Popen(
            odoo(*words),
            stdout=out,
            stderr=subprocess.STDOUT,
            env=postgres.environment(),
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_up(server, f"{url}/web/health", log)
            script = ROOT / "bin/lib/take_screenshots.py"
            return subprocess.call([str(PYTHON), str(script), url, *sys.argv[1:]])
        finally:
            stop(server)
            databases.drop(name)


if __name__ == "__main__":
    command(main)
