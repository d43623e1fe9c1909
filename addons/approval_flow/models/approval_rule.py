import ast
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date


class ApprovalRule(models.Model):
    _name = "approval.rule"
    _description = "Approval Rule"
    _inherit = ["mail.thread"]
    _order = "model, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)

    # what it applies to
    model_id = fields.Many2one(
        "ir.model",
        string="Document",
        required=True,
        ondelete="cascade",
        tracking=True,
        domain="[('id', 'in', approvable_model_ids)]",
    )
    model = fields.Char(
        related="model_id.model", string="Model", store=True, index=True
    )
    approvable_model_ids = fields.Many2many(
        "ir.model",
        compute="_compute_approvable_model_ids",
        string="Documents with Approval",
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        index=True,
        tracking=True,
        help="Leave empty for a rule of all companies.",
    )
    domain = fields.Char(
        string="Condition",
        default="[]",
        required=True,
        tracking=True,
        help="The rule applies to the documents that match this filter.",
    )
    date_from = fields.Date(string="Valid From", tracking=True)
    date_to = fields.Date(string="Valid To", tracking=True, help="Last day, included.")

    # amount band
    amount_field_id = fields.Many2one(
        "ir.model.fields",
        ondelete="cascade",
        tracking=True,
        domain="[('model_id', '=', model_id), "
        "('ttype', 'in', ('monetary', 'float', 'integer')), ('store', '=', True)]",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        tracking=True,
    )
    amount_min = fields.Monetary(
        string="From Amount", tracking=True, help="The smallest amount of the band."
    )
    amount_max = fields.Monetary(
        string="Below Amount",
        tracking=True,
        help="The band ends just below this amount. Zero means no upper limit.",
    )
    rate_max_age = fields.Integer(
        string="Accept Rates up to (Days Old)",
        default=0,
        help="An amount in another currency is converted at the rate of the day of "
        "submission. Zero accepts the rate of that very day only; 3 lets the rate of "
        "a Friday serve over the weekend.",
    )

    step_ids = fields.One2many(
        "approval.rule.step", "rule_id", string="Steps", copy=True
    )
    request_count = fields.Integer(
        compute="_compute_request_count", string="Number of Requests"
    )

    _check_band = models.Constraint(
        "CHECK (amount_max = 0 OR amount_max > amount_min)",
        "“Below Amount” must be greater than “From Amount”, or zero for no upper "
        "limit.",
    )
    _check_dates = models.Constraint(
        "CHECK (date_to >= date_from)", "“Valid To” must not be before “Valid From”."
    )
    _check_rate_age = models.Constraint(
        "CHECK (rate_max_age >= 0)", "The age of a rate cannot be negative."
    )

    def _compute_approvable_model_ids(self):
        self.approvable_model_ids = self._approvable_models()

    @api.model
    def _approvable_models(self):
        names = self.env.registry.descendants(["approval.mixin"], "_inherit")
        # which models there are is technical; who keeps rules need not be an admin
        found = self.env["ir.model"].sudo().search([("model", "in", list(names))])
        concrete = found.filtered(lambda model: not self.env[model.model]._abstract)
        return concrete.sudo(False)

    def _compute_request_count(self):
        counts = dict(
            self.env["approval.request"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.request_count = counts.get(rule, 0)

    @api.constrains("domain", "model_id")
    def _check_condition(self):
        for rule in self:
            if rule.model_id not in rule.approvable_model_ids:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s”: documents of the kind “%(model)s” do not go "
                        "through approval. Choose another one in the field “Document”.",
                        rule=rule.name,
                        model=rule.model_id.name,
                    )
                )
            try:
                # the condition is evaluated with all rights, see _why_not
                rule._parsed_domain().validate(self.env[rule.model].sudo())
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s”: the field “Condition” is not a filter that "
                        "“%(model)s” understands: %(error)s",
                        rule=rule.name,
                        model=rule.model_id.name,
                        error=error,
                    )
                ) from error

    @api.constrains("model_id", "amount_field_id", "amount_min", "amount_max")
    def _check_amount_field(self):
        for rule in self:
            field = rule.amount_field_id
            if (rule.amount_min or rule.amount_max) and not field:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s” has an amount band: choose the field that "
                        "holds the amount in “Amount Field”.",
                        rule=rule.name,
                    )
                )
            if field and field.model_id != rule.model_id:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s”: “%(field)s” is not a field of “%(model)s”.",
                        rule=rule.name,
                        field=field.field_description,
                        model=rule.model_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for rule in self:
            if (
                self.env["approval.request"]
                # counted over every request, also those that the user may not read
                .sudo()
                .search_count([("rule_id", "=", rule.id)], limit=1)
            ):
                raise UserError(
                    self.env._(
                        "Rule “%(rule)s” has been used and belongs to the history of "
                        "its requests. Archive it instead.",
                        rule=rule.name,
                    )
                )

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%(rule)s (copy)", rule=rule.name)}
            for rule, vals in zip(self, super().copy_data(default=default), strict=True)
        ]

    def action_view_requests(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "approval_flow.approval_request_action"
        )
        return {**action, "domain": [("rule_id", "in", self.ids)], "context": {}}

    # ------------------------------------------------------------
    # MATCHING
    # ------------------------------------------------------------

    def _parsed_domain(self):
        return Domain(ast.literal_eval(self.domain.strip() or "[]"))

    @api.model
    def _candidates(self, model, company, day):
        """The rules in force for documents of ``model`` of ``company`` on ``day``."""
        # which rules exist is not the submitter's to read, which one applies is
        return self.sudo().search(
            [
                ("model", "=", model),
                ("company_id", "in", (company.id, False)),
                "|",
                ("date_from", "=", False),
                ("date_from", "<=", day),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day),
            ]
        )

    @api.model
    def _find_for(self, record):
        """The one rule that applies to ``record``.

        None or more than one is an error that names the rules and what to do.
        """
        rules = self._candidates(
            record._name, record._approval_company(), record._approval_today()
        )
        reasons = {rule: rule._why_not(record) for rule in rules}
        matching = rules.filtered(lambda rule: not reasons[rule])
        if len(matching) == 1:
            return matching
        values = {
            "record": record.display_name,
            "company": record._approval_company().name,
            "model": self.env["ir.model"]._get(record._name).name,
        }
        if matching:
            raise UserError(
                self.env._(
                    "More than one approval rule applies to “%(record)s”: %(rules)s. "
                    "Ask an approvals manager to narrow the condition, the amount band "
                    "or the validity so that one remains.",
                    rules=", ".join(f"“{rule.name}”" for rule in matching),
                    **values,
                )
            )
        if not rules:
            raise UserError(
                self.env._(
                    "No approval rule is in force for “%(model)s” in %(company)s, so "
                    "“%(record)s” cannot be submitted. Ask an approvals manager to "
                    "create one under Approvals / Configuration / Rules.",
                    **values,
                )
            )
        raise UserError(
            self.env._(
                "No approval rule applies to “%(record)s”:\n%(reasons)s\nAsk an "
                "approvals manager to close the gap.",
                reasons="\n".join(f"- {rule.name}: {reasons[rule]}" for rule in rules),
                **values,
            )
        )

    def _why_not(self, record):
        """Why this rule does not apply to ``record``; empty when it does."""
        self.ensure_one()
        # the condition may name fields that the submitter does not see
        if not record.sudo().filtered_domain(self._parsed_domain()):
            return self.env._("the condition is not met")
        if not self.amount_field_id:
            return ""
        amount = self._amount_of(record)
        if amount < self.amount_min or (self.amount_max and amount >= self.amount_max):
            return self.env._(
                "the amount %(amount)s is outside the band %(band)s",
                amount=format_amount(self.env, amount, self.currency_id),
                band=self._band_text(),
            )
        return ""

    def _band_text(self):
        low = format_amount(self.env, self.amount_min, self.currency_id)
        high = self.amount_max and format_amount(
            self.env, self.amount_max, self.currency_id
        )
        return f"[{low}, {high})" if high else f"≥ {low}"

    def _amount_of(self, record):
        """The amount of ``record`` in the currency of the rule, at the day's rate."""
        # the submitter need not see the amount that decides who is asked
        amount, currency = record.sudo()._approval_amount(self.amount_field_id.name)
        if not amount or not currency or currency == self.currency_id:
            return amount
        company, day = record._approval_company(), record._approval_today()
        for each in (currency | self.currency_id) - company.currency_id:
            self._check_rate(each, company, day)
        return currency._convert(amount, self.currency_id, company, day)

    def _check_rate(self, currency, company, day):
        oldest = day - timedelta(days=self.rate_max_age)
        found = self.env["res.currency.rate"].search_count(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "in", (company.root_id.id, False)),
                ("name", ">=", oldest),
                ("name", "<=", day),
            ],
            limit=1,
        )
        if not found:
            raise UserError(
                self.env._(
                    "There is no rate of %(currency)s for %(day)s in %(company)s, "
                    "which rule “%(rule)s” needs to convert the amount into "
                    "%(target)s. Enter the rate under Currencies, then submit again.",
                    currency=currency.name,
                    day=format_date(self.env, day),
                    company=company.name,
                    rule=self.name,
                    target=self.currency_id.name,
                )
            )
