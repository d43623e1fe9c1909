"""bin/setup: a fresh machine becomes a working stand; a second run finds all done.

bin/setup                what bin/run needs, and start the database server
bin/setup test lint      also what these commands need (bench likewise)
bin/setup --stop         stop the private database server
bin/setup --remove-database   stop it and delete all its databases
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from kehu import debian, postgres
from kehu.paths import (
    ADDONS,
    CONFIG,
    DATA,
    LINT_VENV,
    LOGS,
    ROOT,
    STATE,
    VENV,
    Failure,
    digest,
    stamp,
    stamped,
)
from kehu.shell import have, run, say

# The installer: fast, and its cache serves every clone (Apache-2.0 / MIT).
UV = "uv==0.13.9"
USES = ("run", "test", "lint", "bench")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="bin/setup",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("uses", nargs="*", metavar="USE", help=f"of {', '.join(USES)}")
    parser.add_argument(
        "--stop", action="store_true", help="stop the private database server"
    )
    parser.add_argument(
        "--remove-database",
        action="store_true",
        help="delete the private cluster, with its data",
    )
    options = parser.parse_args()
    if unknown := set(options.uses) - set(USES):
        parser.error(
            f"unknown use {', '.join(sorted(unknown))}: choose from {', '.join(USES)}"
        )
    if options.stop or options.remove_database:
        postgres.keep().unlink(missing_ok=True)
        postgres.remove() if options.remove_database else postgres.stop()
        return
    prepare("run", *options.uses)
    postgres.keep().touch()
    with postgres.server():
        say(
            "ready: bin/run serves, bin/test tests, bin/setup --stop stops the database"
        )


def prepare(*uses: str) -> None:
    """Bring the machine to where ``uses`` work. Each finished step is stamped."""
    STATE.mkdir(exist_ok=True)
    for folder in (DATA, LOGS):
        folder.mkdir(exist_ok=True)
    debian.install_packages(list(uses), postgres.external())
    odoo = odoo_root()
    if set(uses) & {"run", "test", "bench"}:
        requirements = ["requirements.txt"]
        if "test" in uses:
            requirements.append("requirements-dev.txt")
        if "bench" in uses:
            requirements.append("requirements-bench.txt")
        make_venv(VENV, "venv", requirements)
        link_odoo(odoo)
        write_config(odoo)
    if "lint" in uses:
        make_venv(LINT_VENV, "lint", ["requirements-lint.txt"])
        install_node_tools()


def odoo_root() -> Path:
    """The folder that holds ``odoo/``: the user's (ODOO_HOME) or Debian's, unpacked."""
    home = os.environ.get("ODOO_HOME")
    if not home:
        return debian.unpack_odoo()
    for root in (Path(home), Path(home) / "usr/lib/python3/dist-packages"):
        release = root / "odoo" / "release.py"
        if release.exists():
            version: dict = {}
            exec(compile(release.read_text(), str(release), "exec"), version)
            if version["version_info"][0] != 19:
                raise Failure(
                    f"Odoo: {root} holds version {version['version']}; Kehu needs 19.0."
                    " Point ODOO_HOME at an Odoo 19, or unset it to download one."
                )
            return root.resolve()
    raise Failure(f"Odoo: ODOO_HOME={home} holds no `odoo/release.py`.")


def make_venv(folder: Path, name: str, requirements: list[str]) -> None:
    """A virtual environment with pinned requirements, installed by uv."""
    files = [ROOT / file for file in requirements]
    key = digest(sys.version, UV, *files)
    python = folder / "bin" / "python"
    # An environment that also has the tests' tools serves the smaller use as well.
    full = digest(sys.version, UV, *files, ROOT / "requirements-dev.txt")
    if python.exists() and (stamped(name, key) or stamped(name, full)):
        return
    stamp(name, None)
    if not stamped(f"{name}-base", sys.version) or not python.exists():
        stamp(f"{name}-base", None)
        say(f"making the virtual environment {folder.relative_to(ROOT)}")
        shutil.rmtree(folder, ignore_errors=True)
        hint = "Debian: install python3-venv."
        run([sys.executable, "-m", "venv", folder], "virtual environment", hint)
        run([python, "-m", "pip", "install", "-q", UV], "virtual environment")
        stamp(f"{name}-base", sys.version)
    say(f"installing {', '.join(requirements)}")
    words = [word for file in files for word in ("-r", file)]
    uv = [folder / "bin" / "uv", "pip", "install", "-q", "--python", python, *words]
    try:
        run(uv, "Python packages", env=uv_environment(python))
    except Failure:
        # uv knows less of a machine's own mirrors and certificates than pip does.
        run([python, "-m", "pip", "install", "-q", *words], "Python packages")
    stamp(name, key)


def uv_environment(python: Path) -> dict[str, str]:
    """uv does not read pip's settings: hand it the mirror that they name."""
    env = dict(os.environ)
    for name in (
        ":env:.index-url",
        "global.index-url",
        "user.index-url",
        "site.index-url",
    ):
        found = subprocess.run(
            [python, "-m", "pip", "config", "get", name], capture_output=True, text=True
        )
        if not found.returncode and "UV_DEFAULT_INDEX" not in env:
            env["UV_DEFAULT_INDEX"] = found.stdout.strip()
    return env


def link_odoo(odoo: Path) -> None:
    """Let the virtual environment import Odoo and see it as a distribution."""
    folder = next((VENV / "lib").glob("python3*")) / "site-packages"
    link = folder / "kehu-odoo.pth"
    if not link.exists() or link.read_text() != f"{odoo}\n":
        link.write_text(f"{odoo}\n")


def write_config(odoo: Path) -> None:
    """Odoo's configuration; where the database is, the PG* variables tell it."""
    folders = [
        folder for folder in (odoo / "odoo/addons", odoo / "addons") if folder.is_dir()
    ]
    text = f"""[options]
addons_path = {",".join(map(str, [*folders, ADDONS]))}
data_dir = {DATA}
http_interface = 127.0.0.1
list_db = False
max_cron_threads = 1
"""
    if not CONFIG.exists() or CONFIG.read_text() != text:
        CONFIG.write_text(text)


def install_node_tools() -> None:
    """prettier and eslint, as pinned in package-lock.json."""
    if not have("npm"):
        raise Failure("lint: npm is missing. Install Node.js 18 or newer with npm.")
    key = digest(ROOT / "package.json", ROOT / "package-lock.json")
    if stamped("node", key) and (ROOT / "node_modules/.bin/prettier").exists():
        return
    stamp("node", None)
    say("installing prettier and eslint")
    command = ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    run(command, "Node.js packages", cwd=ROOT)
    stamp("node", key)


def command(function) -> None:
    """Run a command; a Failure ends it with its words, never with a traceback."""
    try:
        sys.exit(function())
    except Failure as failure:
        sys.exit(f"{Path(sys.argv[0]).stem}: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.errno != 28:  # ENOSPC
            raise
        sys.exit("The disk is full: free some space (about 2 GB), then run it again.")


if __name__ == "__main__":
    command(main)
