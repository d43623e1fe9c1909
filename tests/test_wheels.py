"""Each addon builds as a wheel that pip can install beside an Odoo."""

import shutil
import subprocess
import sys
import zipfile

import pytest
from conftest import ROOT
from kehu.databases import manifests


@pytest.mark.parametrize("addon", sorted(manifests()))
def test_addon_builds_as_a_wheel(addon, tmp_path):
    source = tmp_path / addon
    shutil.copytree(ROOT / "addons" / addon, source)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", tmp_path]
    done = subprocess.run(
        [*map(str, build), str(source)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (n for n in names if n.endswith(".dist-info/METADATA"))
        lines = archive.read(metadata).decode().splitlines()
    assert f"Name: odoo-addon-{addon}" in [
        line.replace("_", "-") for line in lines
    ] or (f"Name: odoo-addon-{addon}" in lines)
    assert any(line.startswith("Version: 19.0.1.0.0") for line in lines)
    assert any(line.startswith("Requires-Dist: odoo==19.0") for line in lines)
    assert f"odoo/addons/{addon}/__manifest__.py" in names
    assert f"odoo/addons/{addon}/i18n/zh_CN.po" in names
