from odoo.tools import SQL

# In the order in which nothing refers to what is deleted.
TABLES = (
    "approval_decision",
    "approval_request_party",
    "approval_request_step",
    "approval_request",
)


def uninstall_hook(env):
    """Take the guard of the decisions down and empty the tables first: they protect
    the users that they name, of whom those of the demo data go before the tables do."""
    env.cr.execute("DROP FUNCTION IF EXISTS approval_decision_immutable() CASCADE")
    for table in TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
