"""The commands in bin/ do what the README says, or say what is wrong."""

import os
import signal
import socket
import subprocess
import time
import urllib.request

import pytest
from conftest import ROOT, commands, newcomer


def call(*words: object, seconds: int = 200, **extra: str):
    return subprocess.run(
        [str(word) for word in words],
        cwd=ROOT,
        env=newcomer(**extra),
        capture_output=True,
        text=True,
        timeout=seconds,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_readme_commands_are_the_same_in_both_languages():
    assert commands("README.md") == ["bin/run", "bin/test"]
    assert commands("README.zh_CN.md") == commands("README.md")


def test_run_serves_with_a_login_per_role(served):
    """`bin/run`, as written in the README: address, logins, a page, nothing logged."""
    with urllib.request.urlopen(f"{served.url}/web/login", timeout=60) as page:
        assert page.status == 200
    for login in ("complaint.agent", "credit.officer", "cx.manager"):
        assert login in served.output
    assert (
        served.seconds < 60
    )  # the template exists: seconds, with room for a busy machine
    again = call(*commands("README.md")[:1], KEHU_DATABASE=served.database)
    assert again.returncode == 1
    assert f"already running: {served.url}" in again.stderr


def test_test_runs_what_it_is_given():
    """`bin/test`, as written; pytest's own variable keeps it to one file."""
    chosen = "addons/work_calendar/tests/test_worktime.py"
    done = call(*commands("README.md")[1:2], PYTEST_ADDOPTS=chosen)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout.splitlines()[-1]


def test_a_skip_and_a_logged_error_fail_the_run(tmp_path):
    case = tmp_path / "test_case.py"
    plain = ["-p", "no:odoo", "-o", "addopts=", "-p", "kehu.strict", "-c", os.devnull]
    python = ROOT / ".kehu/venv/bin/python"
    results = {
        "def test(): pass": 0,
        "import pytest\ndef test(): pytest.skip('x')": 1,
        "import logging\ndef test(): logging.getLogger('a').error('boom')": 1,
    }
    for text, expected in results.items():
        case.write_text(text)
        done = call(
            python, "-m", "pytest", *plain, case, PYTHONPATH=str(ROOT / "bin/lib")
        )
        assert done.returncode == expected, done.stdout + done.stderr


def test_setup_again_does_nothing():
    began = time.monotonic()
    done = call(
        "bin/lib/python", "-c", "from kehu.setup import prepare; prepare('run', 'test')"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert time.monotonic() - began < 10  # 0.1 s on an idle machine


def test_run_names_a_taken_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = call("bin/run", "--port", port, KEHU_DATABASE="kehu_never_made")
    assert done.returncode == 1
    assert f"port {port} cannot be used" in done.stderr
    assert f"bin/run --port {port + 1}" in done.stderr


def test_run_stops_all_that_it_started_on_sigterm():
    """Also while it still starts: the worst moment."""
    env = newcomer(KEHU_DATABASE="kehu_term", KEHU_PORT="0")
    process = subprocess.Popen(
        ["bin/run"], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    time.sleep(4)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=90)
    left = subprocess.run(
        ["pgrep", "-f", "odoo.*-d kehu_term"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert left.stdout == ""
    from kehu import databases

    databases.drop("kehu_term")
    for file in (ROOT / ".kehu").glob("*kehu_term*"):
        file.unlink()


def fake(folder, name: str, text: str) -> None:
    """A program that answers as we say, in front of the real one."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)


def setup_in(tmp_path, code: str, **extra: str):
    """Run a piece of the set-up with its state in a folder of its own."""
    text = f"""
from pathlib import Path
from kehu import paths
real = paths.STATE
for name, value in list(vars(paths).items()):
    if isinstance(value, Path) and value.is_relative_to(real):
        setattr(paths, name, Path({str(tmp_path)!r}) / value.relative_to(real))
paths.CACHE = Path({str(tmp_path)!r}) / "cache"
from kehu import debian, postgres, setup
setup.command(lambda: [{code}] and None)
"""
    return call("bin/lib/python", "-c", text, **extra)


@pytest.mark.parametrize("version", [(18, 0), (20, 0)])
def test_another_odoo_is_refused(tmp_path, version):
    (tmp_path / "odoo").mkdir()
    release = f"version_info = {(*version, 0)}\nversion = '{version[0]}.0'\n"
    (tmp_path / "odoo/release.py").write_text(release)
    done = setup_in(tmp_path, "setup.odoo_root()", ODOO_HOME=str(tmp_path))
    assert done.returncode == 1
    assert f"holds version {version[0]}.0; Kehu needs 19.0" in done.stderr
    empty = setup_in(tmp_path, "setup.odoo_root()", ODOO_HOME=str(tmp_path / "nowhere"))
    assert "holds no `odoo/release.py`" in empty.stderr


def test_an_old_python_is_refused(tmp_path):
    for name in ("python3", "python3.10", "python3.11", "python3.12", "python3.13"):
        fake(
            tmp_path,
            name,
            'case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac',
        )
    script = (ROOT / "bin/lib/python").read_text().replace("/usr/bin/python3 ", "")
    (tmp_path / "entry").write_text(script)
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = call("bash", tmp_path / "entry", "-c", "pass", PATH=path)
    assert done.returncode == 1
    assert "needs Python 3.10 to 3.13; found Python 3.9.2" in done.stderr


def test_an_old_postgresql_is_refused(tmp_path):
    fake(tmp_path, "psql", "echo '12|t'")
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = setup_in(tmp_path, "postgres.start()", PATH=path, PGHOST="127.0.0.1")
    assert "your server is version 12, Odoo 19 needs 13" in done.stderr
    fake(tmp_path, "psql", "echo '15|f'")
    done = setup_in(tmp_path, "postgres.start()", PATH=path, PGHOST="127.0.0.1")
    assert "may not create databases" in done.stderr


def test_a_server_that_does_not_answer_is_named(tmp_path):
    done = setup_in(tmp_path, "postgres.start()", PGHOST="127.0.0.1", PGPORT="9")
    assert done.returncode == 1
    assert "Check PGHOST, PGPORT, PGUSER, PGPASSWORD" in done.stderr


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("Temporary failure resolving 'archive'", "No network"),
        ("dpkg: error: No space left on device", "The disk is full"),
        ("E: Unable to locate package odoo-19", "ODOO_HOME"),
    ],
)
def test_a_failed_download_says_why_and_what_to_do(tmp_path, said, advice):
    fake(
        tmp_path,
        "apt-get",
        f'case "$*" in *indextargets*) echo x;; *) echo "{said}" >&2; exit 100;; esac',
    )
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = setup_in(tmp_path, "debian.unpack_odoo()", PATH=path)
    assert done.returncode == 1
    assert "getting Odoo" in done.stderr
    assert said in done.stderr
    assert advice in done.stderr


def test_missing_packages_without_rights_give_the_one_command(tmp_path):
    code = """[
        setattr(debian, "have", lambda name: name == "apt-get"),
        setattr(debian, "as_root", lambda: None),
        setattr(debian, "have_chinese_fonts", lambda: True),
        setattr(debian, "have_venv", lambda: True),
        setattr(debian, "initdb", lambda: None),
        debian.install_packages(["run"], False),
    ]"""
    done = setup_in(tmp_path, code)
    assert done.returncode == 1
    command = (
        "sudo apt-get install -y --no-install-recommends postgresql postgresql-client"
    )
    assert command in done.stderr


def test_a_step_killed_in_the_middle_is_redone(tmp_path):
    """No stamp, no trust: a half-unpacked Odoo is unpacked again from the start."""
    half = tmp_path / "odoo/usr/lib/python3/dist-packages/odoo"
    half.mkdir(parents=True)
    (half / "half").touch()
    code = """[
        setattr(debian, "download_odoo", lambda: []),
        debian.unpack_odoo(),
    ]"""
    done = setup_in(tmp_path, code)
    assert done.returncode == 0, done.stderr
    assert not (half / "half").exists()
    assert (tmp_path / "stamps/odoo").exists()
