"""Databases, made from templates: first Odoo's own apps, then ours with demo data.
A template is named after what went into it, so it is rebuilt only when that changed."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

from kehu import postgres
from kehu.odoo import odoo
from kehu.paths import ADDONS, CLONE, CONFIG, DATA, LOGS, ROOT, Failure, digest
from kehu.shell import advice, say

# Apps that a real company has beside ours; more come through the addons' own `depends`.
APPS = {"contacts", "crm", "project", "sale_management"}
FINISH = Path(__file__).with_name("finish_database.py")
LOGGED_ERROR = re.compile(r"^\S+ \S+ \d+ (?:ERROR|CRITICAL) .*$", re.MULTILINE)
# Files of an addon that no database holds a trace of.
UNSEEN = {"tests", "static", "readme", "engine", "__pycache__"}


def manifests() -> dict[str, dict]:
    """Our installable addons and their manifests."""
    found = {
        path.parent.name: ast.literal_eval(path.read_text())
        for path in sorted(ADDONS.glob("*/__manifest__.py"))
    }
    return {name: data for name, data in found.items() if data.get("installable", True)}


def exists(name: str) -> bool:
    return bool(
        postgres.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'").strip()
    )


def drop(name: str) -> None:
    postgres.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    drop_files(name)


def clone(source: str, target: str) -> None:
    """Copy a database and its file store (whose files never change: links will do)."""
    drop(target)
    postgres.sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    clone_files(source, target)


def clone_files(source: str, target: str) -> None:
    files = DATA / "filestore" / source
    if files.exists():
        shutil.copytree(files, DATA / "filestore" / target, copy_function=link)


def drop_files(name: str) -> None:
    shutil.rmtree(DATA / "filestore" / name, ignore_errors=True)


def link(source: str, target: str) -> None:
    try:
        Path(target).hardlink_to(source)
    except OSError:
        shutil.copy2(source, target)


def build(
    name: str,
    words: list[object],
    script: Path | None = None,
    keep: bool = False,
    expected: str = "",
) -> None:
    """Run Odoo over a database that is being built, then a script in its shell. An
    ERROR in the log, or a bad end, fails with the log's last lines and drops the
    database (unless ``keep``). Errors that say ``expected`` do not count."""
    log = LOGS / f"{name}.log"
    commands = [(odoo("-d", name, "--no-http", "--stop-after-init", *words), None)]
    if script:
        commands.append((odoo("shell", "-d", name, "--no-http"), script.read_text()))
    with log.open("w") as out:
        for command, text in commands:
            done = subprocess.run(
                command,
                input=text,
                text=True,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=postgres.environment(),
                cwd=ROOT,
            )
            said = log.read_text(errors="replace")
            errors = LOGGED_ERROR.findall(said)
            if expected:
                errors = [line for line in errors if expected not in line]
            if done.returncode or errors:
                lines = errors[-3:] or said.splitlines()[-5:]
                if not keep:
                    drop(name)
                why = f"building a database: {' / '.join(lines)}"
                raise Failure(f"{why}\n  {advice(said)} Log: {log}")


def core_apps() -> list[str]:
    """Odoo's apps that the template holds: what ours depend on, and APPS."""
    addons = manifests()
    return sorted(
        APPS
        | {name for data in addons.values() for name in data["depends"]} - set(addons)
    )


def core_name() -> str:
    return (
        f"kehu_core_{CLONE}_{digest(CONFIG, ROOT / 'requirements.txt', *core_apps())}"
    )


def template_name(demo: bool = True) -> str:
    """The template's name for the files as they are now."""
    files = sorted(
        path
        for path in ADDONS.rglob("*")
        if path.is_file() and not UNSEEN & set(path.relative_to(ADDONS).parts)
    )
    kind = "demo" if demo else "addons"
    return f"kehu_{kind}_{CLONE}_{digest(core_name(), FINISH, *files)}"


def template(demo: bool = True) -> str:
    """The template with our addons, with or without demo data, built if need be: people
    try Kehu on data, tests make their own."""
    name, core, addons = template_name(demo), core_name(), list(manifests())
    if exists(name):
        return name
    if demo:
        source = template(demo=False)
        forget(f"kehu_demo_{CLONE}_")
        say("loading demo data")
        fresh(name, [], source=source, script=FINISH)
        return name
    if not exists(core):
        forget(f"kehu_core_{CLONE}_")
        say(f"installing Odoo's apps ({', '.join(core_apps())}): about a minute")
        languages = "--load-language=zh_CN,en_US"
        apps = ["-i", ",".join(core_apps())]
        fresh(core, ["--skip-auto-install", languages, *apps])
    forget(f"kehu_addons_{CLONE}_")
    say(f"installing ours: {', '.join(addons)}")
    install = ["--skip-auto-install", "-i", ",".join(addons)]
    fresh(name, install, source=core)
    return name


def update(name: str) -> None:
    """Update all of ours in a database that exists; new addons are installed."""
    addons = ",".join(manifests())
    build(name, ["-u", addons, "-i", addons], keep=True)


def fresh(
    name: str, words: list[object], source: str = "", script: Path | None = None
) -> None:
    """Build under another name first: a template that exists is whole."""
    raw = f"{name}_raw"
    drop(raw)
    if source:
        clone(source, raw)
    build(raw, words, script)
    postgres.sql(f'ALTER DATABASE "{raw}" RENAME TO "{name}"')
    files = DATA / "filestore"
    if (files / raw).exists():
        shutil.rmtree(files / name, ignore_errors=True)
        (files / raw).rename(files / name)


def forget(prefix: str) -> None:
    """Drop templates that an earlier state of the files left behind."""
    for name in postgres.sql(
        f"SELECT datname FROM pg_database WHERE starts_with(datname, '{prefix}')"
    ).split():
        drop(name)
