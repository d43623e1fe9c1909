"""bin/run: Kehu on this machine, in Chinese and English, with demo data and logins.

bin/run                 serve at http://127.0.0.1:8069 (made on first use)
bin/run --port 8070     elsewhere
bin/run --fresh         start over with new demo data
"""

import argparse
import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from kehu import databases, postgres
from kehu.odoo import odoo
from kehu.paths import LOGS, STATE, Failure
from kehu.setup import command, prepare
from kehu.shell import say

DATABASE = os.environ.get("KEHU_DATABASE", "kehu")
LOGINS = """
SELECT u.login, p.name, string_agg(DISTINCT
         coalesce(pr.name->>'zh_CN', pr.name->>'en_US') || ' / ' ||
         coalesce(g.name->>'zh_CN', g.name->>'en_US'), ', ')
  FROM res_users u
  JOIN res_partner p ON p.id = u.partner_id
  JOIN res_groups_users_rel r ON r.uid = u.id
  JOIN res_groups g ON g.id = r.gid
  JOIN res_groups_privilege pr ON pr.id = g.privilege_id
  JOIN ir_model_data d ON d.model = 'res.groups' AND d.res_id = g.id
  JOIN ir_module_module m ON m.name = d.module AND m.author = 'Kehu'
 WHERE u.active AND NOT u.share AND u.login <> 'admin'
 GROUP BY u.login, p.name ORDER BY u.login
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="bin/run",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("KEHU_PORT", "8069"))
    )
    parser.add_argument(
        "--fresh", action="store_true", help="throw the database away first"
    )
    options = parser.parse_args()
    # A signal ends the command through its own clean-up, wherever it is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    prepare("run")
    with only_one(), postgres.server():
        check_port(options.port)
        make_database(options.fresh)
        serve(options.port)


@contextlib.contextmanager
def only_one():
    """Refuse to serve the same database twice from one clone."""
    with (STATE / f"run-{DATABASE}.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Failure(
                f"already running: {lock.read().strip() or 'still starting'}"
            ) from None
        lock.truncate(0)
        try:
            yield lock
        finally:
            lock.truncate(0)


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failure(
                f"port {port} cannot be used ({error.strerror})."
                f" Choose another: bin/run --port {port + 1}"
            ) from None


def make_database(fresh: bool) -> None:
    """The database `kehu`: cloned from the template on first use; brought up to date
    when the addons changed since."""
    made = STATE / f"database-{DATABASE}"
    if fresh or not databases.exists(DATABASE):
        made.unlink(missing_ok=True)
        source = databases.template()
        databases.clone(source, DATABASE)
        made.write_text(source)
        return
    now = databases.template_name()
    if made.exists() and made.read_text() != now:
        say("the addons changed: updating the database")
        databases.update(DATABASE)
        made.write_text(now)


def serve(port: int) -> None:
    log = LOGS / f"run-{DATABASE}.log"
    url = f"http://127.0.0.1:{port}"
    words = ["-d", DATABASE, "--db-filter", f"^{DATABASE}$", "--http-port", port]
    with log.open("w") as out:
        server = subprocess.Popen(
            odoo(*words),
            stdout=out,
            stderr=subprocess.STDOUT,
            env=postgres.environment(),
        )
        try:
            wait_until_up(server, f"{url}/web/health", log)
            (STATE / f"run-{DATABASE}.lock").write_text(url)
            announce(url, log)
            server.wait()
            raise Failure(f"the server stopped by itself; its log: {log}")
        except KeyboardInterrupt:
            print()
        finally:
            stop(server)


def wait_until_up(server: subprocess.Popen, url: str, log) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise Failure(f"the server does not start; its log: {log}")
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            with urllib.request.urlopen(url, timeout=5):
                return
        time.sleep(0.2)
    raise Failure(f"the server does not answer; its log: {log}")


def announce(url: str, log) -> None:
    rows = [
        row.split("|") for row in postgres.sql(LOGINS, DATABASE).splitlines() if row
    ]
    print(f"\nKehu 客户 is ready: {url}   (log: {log}; Ctrl-C stops)\n")
    print("  login = password      role")
    print("  admin                 administrator 系统管理员")
    for login, name, roles in rows:
        print(f"  {login:<22}{name}: {roles}")
    print(flush=True)


def stop(server: subprocess.Popen) -> None:
    """A second Ctrl-C while stopping must not leave anything behind."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


if __name__ == "__main__":
    command(main)
