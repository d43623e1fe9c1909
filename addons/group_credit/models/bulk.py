"""Rows by the thousand into the tables that an import keeps for itself."""

from odoo import fields
from odoo.tools import SQL


def insert(model, vals_list):
    """Insert rows that nothing but their own columns depends on.

    For models without defaults, computed fields or hooks at creation: the ORM looks
    for these row by row, which takes several times as long as the rows themselves.

    :param model: records of such a model, with the rights of the system
    :param vals_list: dicts of stored fields that have a column
    """
    if not vals_list:
        return
    now = fields.Datetime.now()
    log = {"create_uid": model.env.uid, "create_date": now}
    log |= {"write_uid": model.env.uid, "write_date": now}
    names = sorted(set().union(*vals_list))
    columns = [(name, model._fields[name].convert_to_column_insert) for name in names]
    rows = [
        (
            *(to_column(vals.get(name), model) for name, to_column in columns),
            *log.values(),
        )
        for vals in vals_list
    ]
    model.env.cr.execute_values(
        "INSERT INTO {} ({}) VALUES %s".format(
            *(
                SQL.identifier(model._table).code,
                ", ".join(SQL.identifier(name).code for name in (*names, *log)),
            )
        ),
        rows,
        page_size=1000,
    )
