from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

REVIEWER = "group_credit.group_group_credit_reviewer"


class CreditFact(models.AbstractModel):
    """A dated statement about parties, with its source and evidence.

    Somebody prepares it, a reviewer confirms it. From then on it counts, is kept, and
    only a reviewer may mend what it states.
    """

    _name = "credit.fact"
    _description = "Fact with Evidence"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _check_company_auto = True

    # What a model states beside the dates; locked for officers once confirmed.
    _fact_fields = ()
    # The fields that name its parties.
    _party_fields = ()

    valid_from = fields.Date(
        tracking=True, help="First day on which it holds. Empty: since ever."
    )
    valid_to = fields.Date(
        "Ended On",
        tracking=True,
        help="First day on which it no longer holds. Empty: still in force.",
    )
    source = fields.Selection(
        [
            ("register", "Business Register"),
            ("report", "Annual Report or Announcement"),
            ("contract", "Contract or Articles"),
            ("declaration", "Customer's Declaration"),
            ("investigation", "Due Diligence"),
            ("data", "Data Provider"),
            ("suggestion", "Suggestion"),
        ],
        default="investigation",
        tracking=True,
    )
    confidence = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")], default="medium"
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence", copy=False)
    note = fields.Text("Notes")
    state = fields.Selection(
        [("draft", "Draft"), ("confirmed", "Confirmed"), ("revoked", "Revoked")],
        default="draft",
        required=True,
        copy=False,
        index=True,
        tracking=True,
        help="Only what is confirmed counts.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty: every company sees and uses it.",
    )
    active = fields.Boolean(default=True)

    @api.constrains("valid_from", "valid_to")
    def _check_dates(self):
        for fact in self:
            problem = fact._date_problem()
            if problem:
                raise ValidationError(problem)

    def _date_problem(self):
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            return self.env._(
                "Ended On: what begins on %(start)s cannot end on %(end)s. The end is "
                "the first day on which it no longer holds.",
                start=fields.Date.to_string(self.valid_from),
                end=fields.Date.to_string(self.valid_to),
            )
        return False

    def _holds_on(self, day):
        return (not self.valid_from or self.valid_from <= day) and (
            not self.valid_to or day < self.valid_to
        )

    # Guards, and what follows from a change

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("state", "draft") != "draft" for vals in vals_list):
            self._check_reviewer()
        facts = super().create(vals_list)
        facts._mark_parties()
        return facts

    def write(self, vals):
        stated = {*self._fact_fields, "valid_from", "valid_to", "company_id", "active"}
        if "state" in vals and any(fact.state != vals["state"] for fact in self):
            self._check_reviewer()
        elif stated & set(vals) and "confirmed" in self.mapped("state"):
            self._check_reviewer()
        if not ({"state"} | stated) & set(vals):
            return super().write(vals)
        self._mark_parties()  # those it named until now
        result = super().write(vals)
        self._mark_parties()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        if any(fact.state != "draft" for fact in self):
            raise UserError(
                self.env._(
                    "What was confirmed stays as history. Enter the day it ended, or "
                    "revoke it if it never was true."
                )
            )

    def _check_reviewer(self):
        if not (self.env.su or self.env.user.has_group(REVIEWER)):
            raise UserError(
                self.env._(
                    "Only a reviewer of Group Credit may confirm or revoke this, or "
                    "change what it states once confirmed. Prepare it as a draft and "
                    "ask a reviewer."
                )
            )

    def _mark_parties(self):
        """Have the groups around the parties of confirmed facts computed anew."""
        for company, facts in (
            self.filtered(lambda f: f.state == "confirmed")
            .grouped("company_id")
            .items()
        ):
            partners = self.env["res.partner"].union(
                *(facts[name] for name in self._party_fields)
            )
            self.env["credit.identification.todo"]._add(partners, company)

    def action_confirm(self):
        self.filtered(lambda f: f.state == "draft").write({"state": "confirmed"})

    def action_revoke(self):
        self.filtered(lambda f: f.state != "revoked").write({"state": "revoked"})

    def action_draft(self):
        self.filtered(lambda f: f.state != "draft").write({"state": "draft"})
