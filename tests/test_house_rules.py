"""Rules that hold in every addon, read off the files."""

import ast
import re
from pathlib import Path

import polib
import pytest
from conftest import ROOT
from kehu.databases import manifests

ADDONS = sorted(manifests())
MAX_LINES = 500
MAX_METHOD = 40


def sources(addon: str, *parts: str) -> list[Path]:
    return sorted((ROOT / "addons" / addon).joinpath(*parts).rglob("*.py"))


@pytest.mark.parametrize("addon", ADDONS)
def test_every_test_module_also_runs_under_odoo(addon):
    """Odoo's runner sees what tests/__init__.py imports, pytest every test_*.py."""
    folder = ROOT / "addons" / addon / "tests"
    written = {path.stem for path in folder.glob("test_*.py")}
    imported = set(re.findall(r"\btest_\w+", (folder / "__init__.py").read_text()))
    assert written
    assert written == imported


@pytest.mark.parametrize("addon", ADDONS)
def test_engines_do_not_know_odoo(addon):
    for path in sources(addon, "engine"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in getattr(node, "names", [])]
            names.append(getattr(node, "module", None) or "")
            assert not any(name.split(".")[0] == "odoo" for name in names), path


@pytest.mark.parametrize("addon", ADDONS)
def test_files_and_methods_keep_a_readable_size(addon):
    for path in sources(addon):
        text = path.read_text()
        assert text.count("\n") <= MAX_LINES, path
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[0]
                doc = isinstance(first, ast.Expr) and isinstance(
                    first.value, ast.Constant
                )
                begin = first.end_lineno if doc else node.lineno
                length = node.end_lineno - begin
                assert length <= MAX_METHOD, (
                    f"{path}:{node.lineno} {node.name}: {length}"
                )


@pytest.mark.parametrize("addon", ADDONS)
def test_chinese_is_complete(addon):
    folder = ROOT / "addons" / addon / "i18n"
    template = polib.pofile(str(folder / f"{addon}.pot"))
    chinese = polib.pofile(str(folder / "zh_CN.po"))
    done = {(e.msgctxt, e.msgid) for e in chinese.translated_entries()}
    missing = [e.msgid for e in template if (e.msgctxt, e.msgid) not in done]
    assert not missing
    for entry in chinese:
        placeholders = re.findall(r"%\(\w+\)[sdf]", entry.msgid)
        assert sorted(placeholders) == sorted(
            re.findall(r"%\(\w+\)[sdf]", entry.msgstr)
        )


@pytest.mark.parametrize("addon", ADDONS)
def test_superuser_rights_have_a_reason_beside_them(addon):
    for path in sources(addon):
        if "tests" in path.parts:
            continue
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines):
            if ".sudo()" in line:
                near = lines[max(0, number - 3) : number + 1]
                assert any("#" in each for each in near), f"{path}:{number + 1}"


@pytest.mark.parametrize("addon", ADDONS)
def test_domain_addons_do_not_depend_on_each_other(addon):
    domain = {"group_credit", "complaint_mgmt", "customer_experience"}
    depends = set(manifests()[addon]["depends"])
    assert len(depends & domain - {addon}) <= (0 if addon in domain else 2)
    assert manifests()[addon]["license"] == "LGPL-3"


def test_nothing_names_a_package_registry():
    pattern = re.compile(
        r"registry\.npmjs|pypi\.org|pythonhosted|deb\.debian|files\.python"
    )
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if path.is_dir() or {".git", ".kehu", "node_modules"} & set(parts):
            continue
        if path.suffix in {".png", ".pyc", ".xlsx"} or path.name == Path(__file__).name:
            continue
        assert not pattern.search(path.read_text(errors="replace")), path
