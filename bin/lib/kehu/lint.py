"""bin/lint: style, Odoo's own traps, licences. `bin/lint --fix` mends what it can.

ruff, ruff format         Python
pylint-odoo               every check, mandatory and optional
oca-checks                manifests, XML, CSV, po files
licences                  no addon depends on one whose licence LGPL-3 cannot take
prettier, eslint          XML, JavaScript, SCSS
"""

import ast
import subprocess
import sys
from pathlib import Path

from kehu.databases import manifests
from kehu.paths import ADDONS, LINT_VENV, ROOT
from kehu.setup import command, odoo_root, prepare

# Licences of addons that an LGPL-3 addon may depend on.
LICENCES = {"LGPL-3"}
PRETTY = ["xml", "js", "scss", "css"]


def main() -> int:
    prepare("lint")
    fix = "--fix" in sys.argv[1:]
    tools = LINT_VENV / "bin"
    addons = [ADDONS / name for name in manifests()]
    python = ["addons", "tests", "benchmarks", "bin/lib"]
    python = [name for name in python if (ROOT / name).exists()]
    po = sorted(ADDONS.glob("*/i18n/*.po*"))
    node = ROOT / "node_modules/.bin"
    files = [p for e in PRETTY for p in ADDONS.rglob(f"*.{e}") if "lib" not in p.parts]
    data = ("tests/data", "static/description")
    files = [p for p in files if not any(part in str(p) for part in data)]
    scripts = [p for p in files if p.suffix == ".js"]
    checks: dict[str, list] = {
        "ruff": [tools / "ruff", "check", *(["--fix"] if fix else []), *python],
        "ruff format": [
            tools / "ruff",
            "format",
            *([] if fix else ["--check"]),
            *python,
        ],
        "pylint-odoo": [
            tools / "pylint",
            "--rcfile=.pylintrc",
            "--disable=missing-readme",
            *addons,
        ],
        "oca-checks": [tools / "oca-checks-odoo-module", *addons],
        "oca-checks-po": [tools / "oca-checks-po", *po],
        "prettier": [node / "prettier", "--write" if fix else "--check", *files],
        "eslint": [node / "eslint", "--max-warnings=0", *scripts],
    }
    failed = []
    for name, words in checks.items():
        if (
            not [word for word in words[1:] if isinstance(word, Path)]
            and "ruff" not in name
        ):
            continue
        print(f"lint: {name}", flush=True)
        done = subprocess.run(
            [str(word) for word in words], cwd=ROOT, capture_output=True, text=True
        )
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr)
    print("lint: licences", flush=True)
    for line in licence_faults():
        failed.append("licences")
        print(f"  {line}")
    if failed:
        print(f"lint: failed: {', '.join(dict.fromkeys(failed))}")
    return bool(failed)


def licence_faults() -> list[str]:
    """Addons, and what they depend on all the way down, whose licence does not fit."""
    faults, seen = [], set()
    todo = [(name, name) for name in manifests()]
    while todo:
        root, name = todo.pop()
        if name in seen or name == "base":
            continue
        seen.add(name)
        path = find(name)
        if path is None:
            faults.append(f"{root}: {name} is not found, so its licence is not known")
            continue
        data = ast.literal_eval(path.read_text())
        if data.get("license", "LGPL-3") not in LICENCES:
            faults.append(f"{root}: {name} is {data['license']}")
        todo += [(root, other) for other in data.get("depends", [])]
    return faults


def find(addon: str) -> Path | None:
    """The manifest of one of ours or of Odoo's."""
    odoo = odoo_root()
    for place in (ADDONS, odoo / "odoo/addons", odoo / "addons"):
        if (place / addon / "__manifest__.py").exists():
            return place / addon / "__manifest__.py"
    return None


if __name__ == "__main__":
    command(main)
