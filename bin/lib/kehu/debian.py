"""Debian packages: the programs that the machine must have, and Odoo itself."""

import os
import shutil
import subprocess
from pathlib import Path

from kehu.paths import CACHE, ODOO_PREFIX, Failure, stamp, stamped
from kehu.shell import advice, as_root, have, run, say

# What each use needs: (how to see that it is there, Debian packages).
NEEDS = {
    "run": [
        (lambda: bool(initdb()), ["postgresql"]),
        (lambda: have("psql"), ["postgresql-client"]),
        (lambda: have("wkhtmltopdf"), ["wkhtmltopdf"]),
        (lambda: have_chinese_fonts(), ["fonts-noto-cjk"]),
        (lambda: Path("/usr/bin/python3").exists() and have_venv(), ["python3-venv"]),
    ],
    "test": [(lambda: have("chromium"), ["chromium"])],
    "lint": [(lambda: have("node") and have("npm"), ["nodejs", "npm"])],
    "bench": [],
}

ODOO_PACKAGE = "odoo-19"
ODOO_VERSION = (
    "19.0.0+dfsg-1"  # the one seen to work; a newer odoo-19 is taken if it is gone
)
# Odoo's package links to these: fonts and three scripts of the web client.
ODOO_LINKS = [
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
]
# Debian strips this script; without the file every asset build logs an error.
STRIPPED = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
GET_ODOO = (
    "Or point ODOO_HOME at an Odoo 19 that you already have (a checkout, or the folder"
    " that holds `odoo/`); then nothing is downloaded."
)


def initdb() -> Path | None:
    """The newest PostgreSQL server on this machine."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    if found:
        return found[-1]
    program = shutil.which("initdb")
    return Path(program) if program else None


def have_chinese_fonts() -> bool:
    if not have("fc-list"):
        return False
    fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True)
    return bool(fonts.stdout.strip())


def have_venv() -> bool:
    probe = subprocess.run(
        ["/usr/bin/python3", "-c", "import ensurepip"], capture_output=True
    )
    return not probe.returncode


def install_packages(uses: list[str], external_database: bool) -> None:
    """Install what is missing for ``uses``, as root or through sudo."""
    missing = [
        name
        for use in uses
        for present, names in NEEDS[use]
        if not (external_database and names == ["postgresql"]) and not present()
        for name in names
    ]
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if not have("apt-get"):
        raise Failure(
            f"system packages: missing, install them by hand: {' '.join(missing)}"
        )
    root = as_root()
    if root is None:
        raise Failure(
            f"system packages: {', '.join(missing)} missing, and this user may not"
            f" install them. Run:\n  sudo {' '.join(command)}"
        )
    say(f"installing Debian packages: {' '.join(missing)}")
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    hint = f"Try by hand: {' '.join(root + command)}"
    run([*root, "apt-get", "update", "-qq"], "system packages", hint, env=env)
    run([*root, *command], "system packages", hint, env=env)


def unpack_odoo() -> Path:
    """Unpack Odoo from Debian's own archive; the folder that holds ``odoo/``."""
    root = ODOO_PREFIX / "usr/lib/python3/dist-packages"
    key = f"{ODOO_PACKAGE} {ODOO_VERSION}"
    if stamped("odoo", key) and root.exists():
        return root
    stamp("odoo", None)
    debs = download_odoo()
    say("unpacking Odoo 19")
    shutil.rmtree(ODOO_PREFIX, ignore_errors=True)
    for deb in debs:
        run(["dpkg-deb", "-x", deb, ODOO_PREFIX], "unpacking Odoo")
    stripped = root / STRIPPED
    stripped.parent.mkdir(parents=True, exist_ok=True)
    stripped.touch()
    stamp("odoo", key)
    return root


def download_odoo() -> list[Path]:
    """Odoo's package and those that it links to, from the cache or the archive."""
    folder = CACHE / "debs"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [ODOO_PACKAGE, *ODOO_LINKS]
    cached = {name: sorted(folder.glob(f"{name}_*.deb")) for name in wanted}
    if not all(cached.values()):
        if not have("apt-get"):
            raise Failure(f"getting Odoo: this machine has no apt-get. {GET_ODOO}")
        archive = private_archive()
        for name in wanted:
            if not cached[name]:
                say(f"downloading {name}")
                fetch(name, folder, archive)
    return [max(folder.glob(f"{name}_*.deb")) for name in wanted]


def private_archive() -> list[str]:
    """Options that let apt read Debian's ``sid`` beside the machine's own sources,
    which stay as they are: sid must not enter them, its packages want sid's Python."""
    sites = run(
        ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"],
        "getting Odoo",
        GET_ODOO,
    ).split()
    if not sites:
        raise Failure(
            f"getting Odoo: apt knows no archive (run `apt-get update`). {GET_ODOO}"
        )
    folder = CACHE / "apt"
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "sid.list").write_text(f"deb {sites[0]} sid main\n")
    options = [
        f"Dir::State::Lists={folder}/lists",
        f"Dir::Etc::SourceList={folder}/sid.list",
        "Dir::Etc::SourceParts=/dev/null",
        f"Dir::Cache={folder}/cache",
    ]
    if os.geteuid() == 0:
        options.append("APT::Sandbox::User=root")
    flags = [word for option in options for word in ("-o", option)]
    say("reading the archive's list of packages")
    run(["apt-get", *flags, "update", "-qq"], "getting Odoo", GET_ODOO)
    return flags


def fetch(name: str, folder: Path, archive: list[str]) -> None:
    """Download one package: Odoo from sid, the rest from the machine's own suite if it
    has them (its Font Awesome must be 4.7, sid's lacks the files)."""
    if name == ODOO_PACKAGE:
        tries = [
            [*archive, "download", f"{name}={ODOO_VERSION}"],
            [*archive, "download", name],
        ]
    else:
        tries = [["download", name], [*archive, "download", name]]
    partial = folder / "partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    said = ""
    for words in tries:
        got = subprocess.run(
            ["apt-get", *words],
            cwd=partial,
            capture_output=True,
            text=True,
            errors="replace",
        )
        if not got.returncode:
            for deb in partial.glob("*.deb"):
                deb.replace(folder / deb.name)
            partial.rmdir()
            return
        said = got.stderr.strip()
    raise Failure(f"getting Odoo: {name}: {said}\n  {advice(said)} {GET_ODOO}")
