from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

MANAGER = "group_credit.group_group_credit_manager"


class CreditInstitution(models.Model):
    """Which branch answers for a group (lead) or lends to its members (handling), from
    when to when.

    A branch is a company of Odoo below head office: it has an address, users and record
    rules of its own.
    """

    _name = "credit.institution"
    _description = "Institution in Charge"
    _order = "group_id, role desc, date_from desc, id desc"
    _rec_name = "institution_id"

    group_id = fields.Many2one(
        "credit.group", required=True, index=True, ondelete="cascade"
    )
    institution_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="restrict"
    )
    role = fields.Selection(
        [("lead", "Lead Institution"), ("handling", "Handling Institution")],
        required=True,
        default="handling",
    )
    rule = fields.Selection(
        [
            ("registered_place", "At the Core Company's Registered Place"),
            ("first_credit", "First With Credit Still Open"),
            ("first_identified", "Identified the Group First"),
            ("largest_credit", "Largest Credit at the Last Quarter End"),
            ("named", "Named by Head Office"),
        ],
        string="Chosen Because",
        required=True,
        default="named",
    )
    date_from = fields.Date("Since", required=True, default=fields.Date.context_today)
    date_to = fields.Date("Until", help="First day of the successor.")
    first_credit_on = fields.Date("First Credit")
    credit_amount = fields.Monetary("Credit at the Last Quarter End")
    currency_id = fields.Many2one(related="company_id.currency_id")
    note = fields.Char("Hand-over Note")
    company_id = fields.Many2one(related="group_id.company_id", store=True, index=True)

    # A group has one lead at a time, and a branch handles it once.
    _one_lead = models.UniqueIndex(
        "(group_id) WHERE role = 'lead' AND date_to IS NULL",
        "The group has a lead institution already: hand it over instead.",
    )
    _one_handling = models.UniqueIndex(
        "(group_id, institution_id) WHERE role = 'handling' AND date_to IS NULL",
        "This institution already handles the group.",
    )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for row in self:
            if row.date_to and row.date_to < row.date_from:
                raise ValidationError(
                    self.env._(
                        "Until: %(name)s cannot hand over before it took over.",
                        name=row.institution_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_lead_rights()
        return rows

    def write(self, vals):
        self._check_lead_rights()
        result = super().write(vals)
        self._check_lead_rights()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_lead(self):
        if self.filtered(lambda row: row.role == "lead"):
            raise UserError(
                self.env._(
                    "Who led a group is history and stays. Hand the group over instead."
                )
            )

    def _check_lead_rights(self):
        if (
            not self.env.su
            and "lead" in self.mapped("role")
            and not self.env.user.has_group(MANAGER)
        ):
            raise UserError(
                self.env._("Only a manager of Group Credit names the lead institution.")
            )

    # The rules

    @api.model
    def _rank(self, group, rule):
        """``(institution, rule)`` that leads ``group``; both empty if nobody can."""
        handling = group.institution_ids.filtered(
            lambda row: row.role == "handling" and not row.date_to
        )
        credit = handling.filtered("credit_amount")
        if rule == "largest_credit":
            lead = group.lead_institution_id
            if lead in credit.institution_id:
                return lead, "largest_credit"  # stays until its credit is zero
            largest = credit.sorted("credit_amount", reverse=True)[:1]
            return largest.institution_id, "largest_credit"
        place = group.root_id.sudo()  # an address is no secret to who sees the group
        if place.state_id or place.city:
            here = (group.company_id or self.env.company).root_id
            # sudo: every branch may be the nearest, whichever the user works in
            companies = self.env["res.company"].sudo()
            branches = companies.search([("id", "child_of", here.id)])
            near = branches.filtered(
                lambda c: c.city and c.city == place.city
            ) or branches.filtered(
                lambda c: c.state_id and c.state_id == place.state_id
            )
            if near:
                return near[:1].sudo(False), "registered_place"
        first = credit.filtered("first_credit_on").sorted("first_credit_on")[:1]
        if first:
            return first.institution_id, "first_credit"
        # sudo: users are not readable by everybody; only the company is taken
        return group.sudo().create_uid.company_id.sudo(False), "first_identified"

    @api.model
    def _hand_over(self, group, institution, rule, note=False):
        """End the present lead and begin the next, on one day."""
        today = fields.Date.context_today(self)
        lead = self.search(
            Domain("group_id", "=", group.id)
            & Domain("role", "=", "lead")
            & Domain("date_to", "=", False)
        )
        if lead.institution_id == institution:
            return lead
        if lead:
            lead.date_to = max(today, lead.date_from)
            lead.flush_recordset()  # the database knows one lead at a time
        new = self.create(
            {
                "group_id": group.id,
                "institution_id": institution.id,
                "role": "lead",
                "rule": rule,
                "date_from": today,
                "note": note,
            }
        )
        # sudo: the lead of a group is written by its hand-over alone
        group.sudo().lead_institution_id = institution
        return new
