"""The database server: the user's own, if the PG* variables name one; else a private
cluster on a Unix socket that needs no service of the system and disturbs none."""

import fcntl
import os
import pwd
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

from kehu.debian import initdb
from kehu.paths import CLONE, STATE, Failure
from kehu.shell import run, say

MINIMUM = 13
ROLE = "odoo"
SOCKET_LIMIT = 107  # bytes in the path of a Unix socket
SETTINGS = """
# A crash of the machine may lose the last moments, never consistency.
listen_addresses = ''
unix_socket_directories = '{socket}'
synchronous_commit = off
shared_buffers = 256MB
max_connections = 200
"""


def external() -> bool:
    """Whether the user's environment names a server."""
    return any(os.environ.get(name) for name in ("PGHOST", "PGPORT", "PGSERVICE"))


def folder() -> Path:
    """Root's cluster belongs to an unprivileged user, who could not enter a clone below
    /root: it lies where that user may go. Anyone else's lies in the clone."""
    return Path("/var/lib/kehu") / CLONE if os.geteuid() == 0 else STATE / "postgresql"


def socket() -> Path:
    inside = folder() / "s"
    if len(f"{inside}/.s.PGSQL.5432") <= SOCKET_LIMIT:
        return inside
    return Path(f"/tmp/kehu-{os.getuid()}-{CLONE}")


def owner() -> list[str]:
    """Prefix that runs a program as the cluster's owner: a server refuses root."""
    if os.geteuid():
        return []
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        raise Failure(
            "PostgreSQL: a server does not run as root, and this machine has no user"
            " `postgres`. Install Debian's package `postgresql`, or set PGHOST."
        ) from None
    return ["runuser", "-u", "postgres", "--"]


def program(name: str) -> Path:
    found = initdb()
    if not found:
        raise Failure(
            "PostgreSQL: no server is installed. Install `postgresql`, or set PGHOST."
        )
    return found.with_name(name)


def environment() -> dict[str, str]:
    """The variables by which any program reaches the server."""
    if external():
        return dict(os.environ)
    return dict(os.environ, PGHOST=str(socket()), PGUSER=ROLE, PGPORT="5432")


def create() -> None:
    """Make the private cluster: beside its place first, then moved there, so that a
    half-made one is never taken for a whole one."""
    home = folder()
    if (home / "pg/PG_VERSION").exists():
        made = (home / "pg/PG_VERSION").read_text().strip()
        server = program("postgres").parts[-3]
        if server.isdigit() and server != made:
            raise Failure(
                f"PostgreSQL: the private cluster was made by version {made}, this"
                f" machine runs {server}. Install {made}, or remove the cluster and its"
                " data: bin/setup --remove-database"
            )
        return
    version = run([program("postgres"), "--version"], "PostgreSQL").split()[2]
    if int(version.split(".")[0]) < MINIMUM:
        raise Failure(
            f"PostgreSQL: version {version} found, Odoo 19 needs {MINIMUM} or newer."
        )
    say("creating a private PostgreSQL cluster")
    fresh = home / "pg.new"
    shutil.rmtree(fresh, ignore_errors=True)
    for path in (home, socket()):
        path.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(path, "postgres", "postgres")
    make = [
        program("initdb"),
        "-D",
        fresh,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
    ]
    run([*owner(), *make, "--locale=C.UTF-8"], "PostgreSQL", cwd="/")
    with (fresh / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS.format(socket=socket()))
    fresh.rename(home / "pg")


def running() -> bool:
    home = folder() / "pg"
    if not (home / "postmaster.pid").exists():
        return False
    status = subprocess.run(
        [str(w) for w in (*owner(), program("pg_ctl"), "-D", home, "status")],
        capture_output=True,
        cwd="/",
    )
    return not status.returncode


def start() -> None:
    if external():
        check_external()
        return
    create()
    if running():
        return
    home = folder()
    socket().mkdir(parents=True, exist_ok=True)
    say("starting PostgreSQL")
    hint = f"Its log: {home}/log"
    command = [
        program("pg_ctl"),
        "-D",
        home / "pg",
        "-l",
        home / "log",
        "-w",
        "-t",
        "60",
        "start",
    ]
    with open(os.devnull, "w") as void:
        done = subprocess.run(
            [str(w) for w in (*owner(), *command)], stdout=void, stderr=void, cwd="/"
        )
    if done.returncode:
        raise Failure(f"PostgreSQL does not start. {hint}")
    roles = sql("SELECT 1 FROM pg_roles WHERE rolname = 'odoo'", user="postgres")
    if not roles.strip():
        sql(f"CREATE ROLE {ROLE} LOGIN SUPERUSER", user="postgres")


def stop() -> None:
    if not external() and running():
        command = [program("pg_ctl"), "-D", folder() / "pg", "-w", "-m", "fast", "stop"]
        run([*owner(), *command], "PostgreSQL", cwd="/")


def remove() -> None:
    """Stop the private cluster and delete it, with every database in it."""
    if external():
        raise Failure(
            "PostgreSQL: the PG* variables name your own server: it is not touched."
        )
    stop()
    for path in (folder(), socket()):
        shutil.rmtree(path, ignore_errors=True)


def sql(statement: str, database: str = "postgres", user: str = "") -> str:
    """Run one statement through psql; its rows, unaligned."""
    env = environment()
    if user:
        env["PGUSER"] = user
    command = [
        "psql",
        "-X",
        "-At",
        "-v",
        "ON_ERROR_STOP=1",
        "-d",
        database,
        "-c",
        statement,
    ]
    return run(command, "PostgreSQL", env=env)


def check_external() -> None:
    try:
        found = sql(
            "SELECT current_setting('server_version_num')::int / 10000,"
            " rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        )
    except Failure as failure:
        raise Failure(
            f"{failure}\n  Check PGHOST, PGPORT, PGUSER, PGPASSWORD."
        ) from None
    version, may_create = found.strip().split("|")
    if int(version) < MINIMUM:
        raise Failure(
            f"PostgreSQL: your server is version {version}, Odoo 19 needs {MINIMUM}."
        )
    if may_create != "t":
        raise Failure(
            "PostgreSQL: your database user may not create databases (CREATEDB)."
        )


@contextmanager
def server():
    """A running server for as long as the block lasts. Commands that run at the same
    time share it: each holds a shared lock, and the last to leave stops it, unless
    `bin/setup` asked to keep it."""
    STATE.mkdir(exist_ok=True)
    with (STATE / "postgresql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        with (STATE / "postgresql.start").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            start()
        try:
            yield
        finally:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                if not keep().exists():
                    stop()


def keep() -> Path:
    """Marks a server that `bin/setup` started to stay."""
    return STATE / "postgresql.keep"
