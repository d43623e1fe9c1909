from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..engine import flow

SAMPLE = 200


class ApprovalRuleCheck(models.TransientModel):
    """Which rule would apply, and where the amount bands overlap or leave a gap."""

    _name = "approval.rule.check"
    _description = "Check Approval Rules"

    model_id = fields.Many2one(
        "ir.model",
        string="Document",
        required=True,
        domain="[('id', 'in', approvable_model_ids)]",
    )
    approvable_model_ids = fields.Many2many(
        "ir.model", compute="_compute_approvable_model_ids"
    )
    model = fields.Char(related="model_id.model")
    res_id = fields.Many2oneReference(string="On This Document", model_field="model")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    line_ids = fields.One2many("approval.rule.check.line", "wizard_id", readonly=True)

    def _compute_approvable_model_ids(self):
        self.approvable_model_ids = self.env["approval.rule"]._approvable_models()

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "approval.rule":
            rule = self.env["approval.rule"].browse(self.env.context.get("active_id"))
            values.setdefault("model_id", rule.model_id.id)
        return values

    def action_check(self):
        self.ensure_one()
        if self.model_id not in self.approvable_model_ids:
            raise UserError(
                self.env._("Choose the kind of document in the field “Document”.")
            )
        findings = [
            *self._check_document(),
            *self._check_parties(),
            *self._check_bands(),
            *self._check_sample(),
        ] or [
            ("ok", self.env._("Nothing to mend: each document meets exactly one rule."))
        ]
        self.line_ids = [
            fields.Command.clear(),
            *(
                fields.Command.create({"kind": kind, "name": text})
                for kind, text in findings
            ),
        ]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "approval_flow.approval_rule_check_action"
        )
        return {**action, "res_id": self.id}

    def _rules(self):
        today = fields.Date.context_today(self)
        return self.env["approval.rule"]._candidates(self.model, self.company_id, today)

    def _check_document(self):
        record = self.env[self.model].browse(self.res_id).exists()
        if not record:
            return []
        record.check_access("read")
        try:
            rule = self.env["approval.rule"]._find_for(record)
            # sudo: as on submission, roles and managers are looked up by the system
            system = record.sudo()
            steps = self.env["approval.request"]._resolve_steps(
                rule, system, self.env.user.with_env(system.env)
            )
        except UserError as error:
            return [("error", str(error))]
        path = " → ".join(
            f"{step['name']} ({', '.join(party['name'] for party in step['parties'])})"
            for step in steps
        )
        return [
            (
                "ok",
                self.env._(
                    "“%(record)s” falls under rule “%(rule)s”: %(path)s",
                    record=record.display_name,
                    rule=rule.name,
                    path=path,
                ),
            )
        ]

    def _check_parties(self):
        findings = []
        rules = self._rules()
        if not rules:
            findings.append(
                ("error", self.env._("No rule is in force for this kind of document."))
            )
        for rule in rules.filtered(lambda rule: not rule.step_ids):
            findings.append(
                ("error", self.env._("“%(rule)s” has no steps.", rule=rule.name))
            )
        for party in rules.step_ids.party_ids:
            if fault := party._fault():
                findings.append(("error", fault))
        return findings

    def _check_bands(self):
        """Overlaps and gaps among the rules that share one condition."""
        findings = []
        for rules in (
            self._rules().grouped(lambda rule: str(rule._parsed_domain())).values()
        ):
            if len(rules.currency_id) > 1 or len(rules.amount_field_id) > 1:
                findings.append(
                    (
                        "warning",
                        self.env._(
                            "%(rules)s share a condition but not the currency or the "
                            "amount field, so their bands cannot be compared.",
                            rules=", ".join(rules.mapped("name")),
                        ),
                    )
                )
                continue
            bands = [
                flow.Band(rule.name, rule.amount_min, rule.amount_max or None)
                if rule.amount_field_id
                else flow.Band(rule.name, 0.0, None)
                for rule in rules
            ]
            findings += [
                (
                    "error" if fault == "overlap" else "warning",
                    self._band_text(rules.currency_id, fault, low, high),
                )
                for fault, low, high in flow.band_faults(bands)
            ]
        return findings

    def _band_text(self, currency, fault, low, high):
        def amount(value):
            return format_amount(self.env, value, currency)

        if fault == "overlap":
            return self.env._(
                "“%(one)s” and “%(other)s” overlap from %(amount)s on.",
                one=low.name,
                other=high.name,
                amount=amount(high.low),
            )
        if fault == "gap":
            return self.env._(
                "No rule between “%(one)s” and “%(other)s”: amounts from %(from)s to "
                "below %(to)s.",
                one=low.name,
                other=high.name,
                **{"from": amount(low.high), "to": amount(high.low)},
            )
        if fault == "start":
            return self.env._(
                "No rule below %(amount)s, where “%(rule)s” begins.",
                amount=amount(high.low),
                rule=high.name,
            )
        return self.env._(
            "No rule from %(amount)s on, where “%(rule)s” ends.",
            amount=amount(low.high),
            rule=low.name,
        )

    def _check_sample(self):
        """Try the latest documents that are still to be submitted."""
        domain = [("approval_state", "in", ("draft", "returned", "refused"))]
        model = self.env[self.model]
        if "company_id" in model._fields:
            domain.append(("company_id", "in", (self.company_id.id, False)))
        findings = []
        for record in model.search(domain, limit=SAMPLE, order="id desc"):
            try:
                self.env["approval.rule"]._find_for(record)
            except UserError as error:
                findings.append(("error", str(error)))
        return findings[:10]
