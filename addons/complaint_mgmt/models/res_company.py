from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_web_form = fields.Boolean(
        string="Public Complaint Form",
        help="Anybody can complain at /complaint/new, without an account. Forms wait "
        "in quarantine until their sender has confirmed them.",
    )
    complaint_finance_id = fields.Many2one(
        comodel_name="res.users",
        string="Urgent Funds",
        domain="[('share', '=', False)]",
        help="Gets the to-do when medical fees of an injured customer are advanced.",
    )
    complaint_recourse = fields.Html(
        string="What Else the Customer Can Do",
        translate=True,
        help="Shown with the decision, on the complaint's page and in the letter: who "
        "reviews it inside the company, and where to turn outside of it.",
    )
