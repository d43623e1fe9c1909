from odoo.tools import SQL

# In the order in which nothing refers to what is deleted.
TABLES = (
    "credit_pool_entry",
    "credit_pool_member",
    "credit_pool",
    "credit_warning_measure",
    "credit_warning",
    "credit_proof_difference",
    "credit_hold",
    "credit_usage",
    "credit_line_event",
    "credit_line",
    "credit_screening",
    "credit_application_opinion",
    "credit_application_theory",
    "credit_application_line",
    "credit_application",
    "credit_statement",
    "credit_suggestion",
    "credit_group_change_line",
    "credit_group_change",
    "credit_group_override",
    "credit_group_member",
    "credit_institution",
    "credit_group",
    "credit_kinship",
    "credit_relation",
)


def uninstall_hook(env):
    """Empty our tables first: they protect the partners that they name, and partners of
    the demo data are deleted before the tables are."""
    for table in TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
