from odoo import api, fields, models
from odoo.tools import SQL


class CreditReturn(models.Model):
    """集团客户表: one row for each member of each group, as supervisors want it.

    The columns are those of EAST 5.0: the group with its controllers and consolidated
    figures, the net line and its use, the member and its own use.
    """

    _name = "credit.return"
    _description = "Return of Group Customers"
    _auto = False
    _order = "group_code, member_code, id"
    _rec_name = "member_id"

    date = fields.Date(readonly=True)
    group_id = fields.Many2one("credit.group", string="Group Customer", readonly=True)
    group_code = fields.Char(readonly=True)
    group_name = fields.Char(readonly=True)
    parent_id = fields.Many2one("res.partner", readonly=True)
    parent_name = fields.Char(readonly=True)
    controllers = fields.Char("Actual Controllers", compute="_compute_controllers")
    controller_types = fields.Char(
        "Types of the Controllers", compute="_compute_controllers"
    )
    assets = fields.Monetary(
        "Group Assets", currency_field="statement_currency_id", readonly=True
    )
    liabilities = fields.Monetary(
        "Group Liabilities", currency_field="statement_currency_id", readonly=True
    )
    statement_currency_id = fields.Many2one(
        "res.currency", string="Currency of the Statement", readonly=True
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    group_limit = fields.Monetary("Group Net Exposure Limit", readonly=True)
    group_used = fields.Monetary("Group Net Exposure Used", readonly=True)
    member_id = fields.Many2one("res.partner", readonly=True)
    member_code = fields.Char("Member Registration No.", readonly=True)
    member_name = fields.Char(readonly=True)
    member_used = fields.Monetary("Member Net Exposure Used", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """SELECT m.id, CURRENT_DATE AS date, g.id AS group_id,
                g.code AS group_code, g.name AS group_name, g.root_id AS parent_id,
                root.name AS parent_name,
                figures.assets, figures.liabilities,
                figures.currency_id AS statement_currency_id,
                COALESCE(top.currency_id, own.currency_id) AS currency_id,
                top.net_limit AS group_limit, top.used_net AS group_used,
                m.partner_id AS member_id, member.company_registry AS member_code,
                member.name AS member_name, own.used AS member_used, g.company_id
            FROM credit_group_member m
            JOIN credit_group g ON g.id = m.group_id
                AND g.state IN ('confirmed', 'exempt')
            JOIN res_partner member ON member.id = m.partner_id
            LEFT JOIN res_partner root ON root.id = g.root_id
            LEFT JOIN LATERAL (%s) top ON TRUE
            LEFT JOIN LATERAL (%s) own ON TRUE
            LEFT JOIN LATERAL (%s) figures ON TRUE
            WHERE m.date_in <= CURRENT_DATE
                AND (m.date_out IS NULL OR m.date_out > CURRENT_DATE)""",
            self._query_group_line(),
            self._query_member_use(),
            self._query_figures(),
        )

    @api.model
    def _query_group_line(self):
        return SQL(
            """SELECT l.currency_id, l.net_limit, l.used_net FROM credit_line l
            WHERE l.group_id = g.id AND l.partner_id IS NULL
                AND l.state IN ('active', 'frozen') LIMIT 1"""
        )

    @api.model
    def _query_member_use(self):
        return SQL(
            """SELECT min(l.currency_id) AS currency_id, sum(l.used_net) AS used
            FROM credit_line l WHERE l.partner_id = m.partner_id
                AND l.group_id = g.id AND l.product_id IS NULL
                AND l.state <> 'draft'"""
        )

    @api.model
    def _query_figures(self):
        """Of the last consolidated statement."""
        return SQL(
            """SELECT s.currency_id,
                max(v.value) FILTER (WHERE f.code = 'total_assets') AS assets,
                max(v.value) FILTER (WHERE f.code = 'total_liabilities') AS liabilities
            FROM (SELECT id, currency_id FROM credit_statement
                WHERE group_id = g.id AND partner_id IS NULL AND active
                ORDER BY date_to DESC, id DESC LIMIT 1) s
            LEFT JOIN credit_statement_line v ON v.statement_id = s.id
            LEFT JOIN credit_figure f ON f.id = v.figure_id
            GROUP BY s.currency_id"""
        )

    @api.depends("group_id")
    @api.depends_context("lang")
    def _compute_controllers(self):
        types = {
            "state": self.env._("State Body"),
            "company": self.env._("Company"),
            "person": self.env._("Natural Person"),
        }
        for row in self:
            controllers = row.group_id.controller_ids
            row.controllers = ";".join(controllers.mapped("name"))
            row.controller_types = ";".join(
                types[self._controller_type(partner)] for partner in controllers
            )

    @api.model
    def _controller_type(self, partner):
        if partner.credit_is_state_body or partner.credit_is_state_investment:
            return "state"
        return "company" if partner.is_company else "person"
