from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .credit_application_stage import REVIEWER

AMOUNTS = ("limit", "net_limit", "low_risk_limit")


class CreditApplication(models.Model):
    """From the signed contract to lines in force, through the one door of the lines."""

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.application"

    credit_line_ids = fields.Many2many(
        "credit.line",
        "credit_application_credit_line_rel",
        string="Lines in Effect",
        readonly=True,
        copy=False,
    )
    credit_line_count = fields.Integer(compute="_compute_credit_line_count")

    @api.depends("credit_line_ids")
    def _compute_credit_line_count(self):
        for application in self:
            application.credit_line_count = len(application.credit_line_ids)

    def _group_lines(self):
        """The lines of the group that are in force, of this company or of all."""
        if not self.group_id:
            return self.env["credit.line"]
        return self.env["credit.line"].search(
            Domain("group_id", "=", self.group_id.id)
            & Domain("state", "in", ("active", "frozen"))
            & Domain("company_id", "in", [False, self.company_id.id])
        )

    def _in_currency(self, line, amount):
        if line.currency_id == self.currency_id or not amount:
            return amount
        return line.currency_id._convert(
            amount,
            self.currency_id,
            self.company_id or self.env.company,
            fields.Date.context_today(self),
        )

    def _kept_lines(self, name):
        """``name`` of the members that have a line and ask for nothing here."""
        asked = self.line_ids.partner_id._origin
        return {
            line.partner_id: self._in_currency(line, line[name])
            for line in self._group_lines()
            if line.level == "member"
            and line.partner_id not in asked
            and line.has_limit
        }

    def _current_exposure(self):
        """What the group owes today, net of margin and pledges."""
        return sum(
            self._in_currency(line, line.used_net)
            for line in self._group_lines()
            if line.level == "group"
        )

    @api.constrains("currency_id", "group_id", "company_id")
    def _check_currency(self):
        for application in self:
            other = application._group_lines().currency_id - application.currency_id
            if other:
                raise ValidationError(
                    self.env._(
                        "Currency: the lines of %(group)s are in %(currency)s.",
                        group=application.group_id.name,
                        currency=other[0].name,
                    )
                )

    # In effect

    def _put_in_effect(self):
        """The contract is signed and registered: open or change the lines."""
        if not self.env.user.has_group(REVIEWER) or (
            self.env.user == self.investigator_id
        ):
            raise UserError(
                self.env._(
                    "A reviewer other than the investigator checks the signed contract "
                    "and opens the lines."
                )
            )
        lines = self._open_lines()
        # sudo: what is in effect follows from the approval and the contract
        self.sudo().write(
            {
                "state": "effective",
                "applied_on": fields.Datetime.now(),
                "credit_line_ids": [fields.Command.set(lines.ids)],
            }
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return self._enter("usage")

    def _open_lines(self):
        """Reductions first and from below, then the rest from above: so no line ever
        stands above what holds it."""
        group = self._group_lines().filtered(lambda line: line.level == "group")
        self._reduce_first()
        root = self._set_line(group, self._group_terms())
        lines = root
        for partner, rows in self.line_ids.grouped("partner_id").items():
            whole = rows.filtered(lambda row: not row.product_id)
            member = self._set_line(
                self._line_of(partner), self._member_terms(root, partner, whole, rows)
            )
            lines |= member
            for row in rows - whole:
                lines |= self._set_line(
                    self._line_of(partner, row.product_id),
                    {
                        **self._row_terms(row),
                        "parent_id": member.id,
                        "product_id": row.product_id.id,
                        "revolving": row.revolving,
                    },
                )
        return lines

    def _line_of(self, partner, product=None):
        product = product or self.env["credit.product"]
        return self._group_lines().filtered(
            lambda line: line.partner_id == partner and line.product_id == product
        )[:1]

    def _row_terms(self, row):
        return {
            "group_id": self.group_id.id,
            "partner_id": row.partner_id.id,
            **{name: row[name] for name in AMOUNTS},
        }

    def _group_terms(self):
        low = self._kept_lines("low_risk_limit")
        low |= self.line_ids._member_totals("low_risk_limit")
        return {
            "group_id": self.group_id.id,
            "limit": self.group_limit,
            "net_limit": self.group_net_limit,
            "low_risk_limit": sum(low.values()),
            "allocation": self.allocation,
        }

    def _member_terms(self, root, partner, whole, rows):
        terms = {name: rows._member_totals(name)[partner] for name in AMOUNTS}
        products = sum((rows - whole).mapped("limit"))
        shared = self._compare(products, terms["limit"]) > 0
        return {
            "group_id": self.group_id.id,
            "partner_id": partner.id,
            "parent_id": root.id,
            "allocation": "shared" if shared else "dedicated",
            "revolving": whole.revolving if whole else True,
            **terms,
        }

    def _set_line(self, line, terms):
        """Grant a new line, or bring an existing one to ``terms``."""
        if not line:
            event = line._record_event(
                "grant",
                {
                    **terms,
                    "company_id": self.company_id.id,
                    "currency_id": self.currency_id.id,
                    "date_start": self.date_start,
                    "date_end": self.date_end,
                },
                self._why(),
                source=self,
            )
            return event.line_id.sudo(False)
        values = {
            name: terms[name]
            for name in (*AMOUNTS, "allocation")
            if name in terms and terms[name] != line[name]
        }
        kind = "increase"
        if self.kind != "temporary" and self.date_end > line.date_end:
            kind = "renew"
            values |= {"date_start": self.date_start, "date_end": self.date_end}
        if values:
            line._record_event(kind, values, self._why(), source=self)
        return line

    def _reduce_first(self):
        """Bring down what is to become less: products, members, then the group."""
        wanted = []
        for row in self.line_ids.filtered("product_id"):
            line = self._line_of(row.partner_id, row.product_id)
            wanted.append((line, {name: row[name] for name in AMOUNTS}))
        totals = {name: self.line_ids._member_totals(name) for name in AMOUNTS}
        for partner in self.line_ids.partner_id:
            terms = {name: totals[name][partner] for name in AMOUNTS}
            wanted.append((self._line_of(partner), terms))
        for line, terms in wanted:
            less = {
                name: amount
                for name, amount in terms.items()
                if line and self._compare(amount, line[name]) < 0
            }
            if less:
                line._record_event("decrease", less, self._why(), source=self)

    def _why(self):
        return self.env._(
            "Application %(name)s, contract %(contract)s",
            name=self.name,
            contract=self.contract_no,
        )

    def action_view_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_line_action"
        )
        return {
            **action,
            "domain": [("id", "in", self.credit_line_ids.ids)],
            "context": {},
            "display_name": self.display_name,
        }

    # The end of what was temporary

    @api.model
    def _cron_end_temporary(self):
        """Take temporary increases back the day after they end."""
        today = fields.Date.context_today(self)
        ended = self.search(
            Domain("kind", "=", "temporary")
            & Domain("state", "=", "effective")
            & Domain("date_end", "<", today)
            & Domain("close_reason", "=", False)
        )
        self.env["credit.line"]._each_of(ended, type(self)._end_temporary)

    def _end_temporary(self):
        """Take from each line what this application added to it, from below."""
        reason = self.env._("The temporary increase of %s has ended.", self.name)
        events = (
            self.env["credit.line.event"]
            # sudo: events are a part of lines, which follow the calendar here
            .sudo()
            .search(
                Domain("source_model", "=", self._name)
                & Domain("source_id", "=", self.id)
                & Domain("kind", "in", ("grant", "increase"))
                & Domain("line_id.state", "in", ("active", "frozen"))
            )
        )
        order = ("product", "member", "group")
        for event in events.sorted(lambda each: order.index(each.line_id.level)):
            line, before = event.line_id, event.before or {}
            added = event.values or {}
            if event.kind == "grant":
                less = dict.fromkeys(AMOUNTS, 0.0)
            else:
                less = {
                    name: max(line[name] - (added[name] - before.get(name, 0.0)), 0.0)
                    for name in AMOUNTS
                    if name in added and added[name] > before.get(name, 0.0)
                }
            if less:
                line._record_event("decrease", less, reason, source=self)
        # sudo: the end follows from the date
        self.sudo().close_reason = reason
