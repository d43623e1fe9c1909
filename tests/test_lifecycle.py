"""An update and an uninstall leave a working database."""

import os

import pytest
from kehu import databases, postgres

OURS = sorted(databases.manifests())
# Where a row is still referred to, core's uninstaller tries smaller pieces and comes
# back later: PostgreSQL's refusals in between are its way.
RETRIED = "bad query: b'DELETE FROM"
KEPT = (
    "('res.partner', 'res.users', 'hr.department', 'hr.employee', 'product.template')"
)
UNINSTALL = f"""
ours = env["ir.module.module"].search([("name", "in", {OURS!r})])
ours = ours.filtered(lambda module: module.state == "installed")
assert len(ours) == {len(OURS)}, ours.mapped("name")
ours.button_immediate_uninstall()
"""


@pytest.fixture
def database():
    name = f"kehu_lifecycle_{os.getpid()}"
    databases.clone(databases.template(), name)
    yield name
    databases.drop(name)


def test_update_then_uninstall(database, tmp_path):
    """`build` fails on any ERROR in the server's log."""
    before = postgres.sql("SELECT count(*) FROM res_partner", database)
    databases.build(database, ["-u", ",".join(OURS)], keep=True)
    assert postgres.sql("SELECT count(*) FROM res_partner", database) == before
    script = tmp_path / "uninstall.py"
    script.write_text(UNINSTALL)
    databases.build(database, [], script, keep=True, expected=RETRIED)
    # People of the demo data who left traces elsewhere stay: core keeps such rows. Of
    # models, views, rights and tables nothing stays.
    ours = f"module = ANY('{{{','.join(OURS)}}}')"
    left = f"SELECT model, name FROM ir_model_data WHERE {ours} AND model NOT IN {KEPT}"
    assert postgres.sql(left, database) == ""
    tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~"
    assert postgres.sql(f"{tables} '^(cx|credit|complaint|approval)_'", database) == ""
    # The server loads what is left and updates it without a complaint.
    databases.build(database, ["-u", "base"], keep=True)
