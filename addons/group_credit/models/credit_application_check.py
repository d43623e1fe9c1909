from odoo import api, fields, models
from odoo.exceptions import UserError


class CreditApplicationCheck(models.Model):
    """An answered question of the due-diligence checklist."""

    _name = "credit.application.check"
    _description = "Due-Diligence Check"
    _order = "application_id, sequence, id"

    application_id = fields.Many2one(
        "credit.application", required=True, index=True, ondelete="cascade"
    )
    item_id = fields.Many2one("credit.check.item", ondelete="restrict")
    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    mandatory = fields.Boolean()
    evidence = fields.Boolean("Takes Evidence")
    result = fields.Selection(
        [
            ("ok", "In Order"),
            ("issue", "Risk Found"),
            ("na", "Not Applicable"),
        ]
    )
    note = fields.Text("Finding")
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence")
    user_id = fields.Many2one("res.users", string="Checked By", readonly=True)
    date = fields.Datetime("Checked On", readonly=True)
    company_id = fields.Many2one(
        related="application_id.company_id", store=True, index=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create([self._signed(vals) for vals in vals_list])
        checks._check_stage()
        return checks

    def write(self, vals):
        self._check_stage()
        return super().write(self._signed(vals))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_examined(self):
        self._check_stage()
        if self.filtered("item_id") and not self.env.su:
            raise UserError(
                self.env._(
                    "Questions of the checklist stay: answer “Not Applicable” with the "
                    "reason."
                )
            )

    def _signed(self, vals):
        """``vals`` with who answered and when, which nobody enters."""
        if self.env.su and "user_id" in vals:
            return vals
        vals = {k: v for k, v in vals.items() if k not in ("user_id", "date")}
        if {"result", "note", "attachment_ids"} & set(vals):
            vals.update(user_id=self.env.uid, date=fields.Datetime.now())
        return vals

    def _check_stage(self):
        if self.env.su:
            return
        for application in self.application_id:
            if application.stage != "investigation":
                raise UserError(
                    self.env._(
                        "%s is past the investigation: its checklist is closed. Return "
                        "it to the investigation first.",
                        application.display_name,
                    )
                )

    def _unmet(self):
        """What is missing for the investigation to end, in words."""
        missing = []
        for check in self:
            if check.mandatory and not check.result:
                missing.append(
                    self.env._("Checklist: “%s” is not answered.", check.name)
                )
            elif check.result == "ok" and check.evidence and not check.attachment_ids:
                missing.append(
                    self.env._("Checklist: “%s” needs its evidence.", check.name)
                )
            elif check.result in ("issue", "na") and not check.note:
                missing.append(
                    self.env._("Checklist: “%s” needs the finding.", check.name)
                )
        return missing
