from odoo.tools import SQL

# In the order in which nothing refers to what is deleted.
TABLES = ("cx_followup", "cx_score", "cx_survey_request")


def uninstall_hook(env):
    """Let go of the surveys of the addon, so that these can go as well."""
    for table in TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    env.cr.execute(SQL("UPDATE cx_touchpoint_template SET survey_id = NULL"))
