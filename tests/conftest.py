"""Fixtures for what crosses addons: a real server, started as a newcomer starts it."""

import contextlib
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def commands(file: str) -> list[str]:
    """The shell commands in a page's code blocks, as written."""
    text = (ROOT / file).read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


def newcomer(**extra: str) -> dict[str, str]:
    """The environment of somebody who has just cloned the repository: none of
    bin/test's own variables (but the user's own database server stays named)."""
    env = dict(os.environ)
    if "kehu" in env.get("PGHOST", ""):
        for name in ("PGHOST", "PGPORT", "PGUSER"):
            env.pop(name, None)
    for name in ("ODOO_RC", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"):
        env.pop(name, None)
    return {**env, **extra}


class Served:
    """A running `bin/run`: its address, what it printed, and the log of its server."""

    def __init__(self, process: subprocess.Popen, database: str):
        self.process = process
        self.database = database
        self.output = ""
        self.url = ""
        self.seconds = 0.0

    def wait(self) -> None:
        began = time.monotonic()
        for line in self.process.stdout:
            self.output += line
            if found := re.search(r"is ready: (http://\S+)", line):
                self.url = found[1]
            if "admin" in self.output and not line.strip():
                self.seconds = time.monotonic() - began
                return
        raise AssertionError(f"bin/run ended: {self.output}")

    @property
    def log(self) -> Path:
        return ROOT / ".kehu/log" / f"run-{self.database}.log"

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        self.output += self.process.stdout.read()
        return self.process.wait(60)


def end(group: int) -> None:
    """Stop a group of processes: its first may be gone already, as Odoo's tests end the
    children that they find, but not the children of these."""
    number = signal.SIGTERM
    with contextlib.suppress(ProcessLookupError):
        for _ in range(600):
            os.killpg(group, number)
            number = 0
            time.sleep(0.1)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(group, os.WNOHANG)
        raise AssertionError("bin/run does not end")


@pytest.fixture(scope="session")
def served():
    """Kehu as the README's first command gives it, on its own database and port."""
    from kehu import databases
    from kehu.testing import free_port

    # The first use builds the template with demo data, for as long as the machine is
    # busy; how long bin/run takes is asked of the template that exists.
    databases.template()
    database = f"kehu_served_{os.getpid()}"
    env = newcomer(KEHU_DATABASE=database, KEHU_PORT=str(free_port()))
    process = subprocess.Popen(
        commands("README.md")[0],
        shell=True,
        cwd=ROOT,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    server = Served(process, database)
    server.env = env
    try:
        server.wait()
        yield server
    finally:
        end(process.pid)
        databases.drop(database)
        for file in (ROOT / ".kehu").glob(f"*{database}*"):
            file.unlink()
