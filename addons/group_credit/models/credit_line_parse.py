from decimal import Decimal, InvalidOperation

from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError
from odoo.tools import format_date

from .credit_line_booking import Step

MOST = Decimal(10) ** 15


class CreditLine(models.Model):
    """What callers send, made exact or refused."""

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.line"

    @api.model
    def _parse(self, values):
        """The step as it was sent, checked; says what is wrong with which value."""
        kind = values["kind"]
        partner = self._parse_record("res.partner", values.get("partner_id"))
        product = self._parse_record("credit.product", values.get("product_id"))
        currency = self._parse_record("res.currency", values.get("currency_id"))
        if not currency and kind in ("check", "reserve", "draw"):
            currency = self.env.company.currency_id
        if kind in ("check", "reserve", "draw") and not partner:
            raise UserError(self.env._("Customer: name who uses the line."))
        if kind in ("margin", "revalue"):
            amount = Decimal(0)
        elif values.get("amount") is None and kind in ("repay", "release"):
            amount = None
        else:
            amount = self._parse_amount("amount", values.get("amount"), currency)
        margin, pledged = (
            self._parse_cover(kind, name, values.get(name), currency)
            for name in ("margin", "pledged")
        )
        if kind == "margin" and not (margin or pledged):
            raise UserError(self.env._("Margin: enter what is taken or given back."))
        return Step(
            kind=kind,
            origin_model=self._parse_text(kind, "origin_model", values),
            origin_id=self._parse_text(kind, "origin_id", values),
            component=self._parse_text(kind, "component", values),
            amount=amount,
            margin=margin,
            pledged=pledged,
            day=self._parse_day(kind, values.get("date")),
            partner_id=partner.commercial_partner_id.id or 0,
            product_id=product.id or 0,
            currency_id=currency.id or 0,
            company_id=self.env.company.id,
            origin_name=str(values.get("origin_name") or values.get("origin_id") or "")[
                :200
            ],
            note=str(values.get("note") or "")[:500],
            allowance=Decimal(str(values.get("allowance") or 0)),
            guarded=values.get("guarded", True),
        )

    def _parse_record(self, model, value):
        if not value:
            return self.env[model]
        if isinstance(value, models.BaseModel):
            return value
        if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
            raise UserError(
                self.env._("%(value)s is not the ID of a record.", value=value)
            )
        record = self.env[model].browse(value)
        if not (self._is_known(record) if model == "res.partner" else record.exists()):
            raise UserError(
                self.env._(
                    "There is no record %(id)s of “%(model)s”.",
                    id=value,
                    model=self.env[model]._description,
                )
            )
        return record

    @api.model
    def _is_known(self, partner):
        """Whether the partner exists, in the query that is needed anyway."""
        try:
            return bool(partner.commercial_partner_id)
        except MissingError:
            return False

    def _parse_text(self, kind, name, values):
        value = values.get(name)
        if kind == "check":
            return ""
        if not value or not isinstance(value, str | int) or isinstance(value, bool):
            raise UserError(
                self.env._(
                    "%(name)s: name the document and its step, so that nothing is "
                    "booked twice.",
                    name=name,
                )
            )
        return str(value)

    def _parse_amount(self, name, value, currency, sign=1):
        """An exact amount; a float is taken as it is written."""
        try:
            if isinstance(value, bool) or value is None:
                raise InvalidOperation
            amount = Decimal(str(value).strip())
            if not amount.is_finite():
                raise InvalidOperation
        except InvalidOperation:
            raise UserError(
                self.env._(
                    "%(name)s: “%(value)s” is no amount.", name=name, value=value
                )
            ) from None
        places = currency.decimal_places if currency else 2
        if sign and amount <= 0 or abs(amount) >= MOST:
            raise UserError(
                self.env._(
                    "%(name)s: %(value)s is not possible, an amount is greater than "
                    "zero. A correction is a repayment or a release.",
                    name=name,
                    value=value,
                )
            )
        if amount != round(amount, places):
            raise UserError(
                self.env._(
                    "%(name)s: %(value)s has more than %(places)s decimals.",
                    name=name,
                    value=value,
                    places=places,
                )
            )
        return amount

    def _parse_cover(self, kind, name, value, currency):
        if not value:
            return Decimal(0)
        if kind == "margin":
            return self._parse_amount(name, value, currency, sign=0)
        return self._parse_amount(name, value, currency)

    def _parse_day(self, kind, value):
        today = fields.Date.context_today(self)
        try:
            day = fields.Date.to_date(value) or today
        except ValueError:
            raise UserError(
                self.env._("date: “%(value)s” is no date.", value=value)
            ) from None
        if kind == "check":
            return day
        if day > today:
            raise UserError(self.env._("date: a use is not booked in the future."))
        closed = self.env["credit.proof"]._closed_until()
        if closed and day <= closed:
            raise UserError(
                self.env._(
                    "date: %(day)s is closed, its figures are proven and reported. "
                    "Book with a date after %(closed)s.",
                    day=format_date(self.env, day),
                    closed=format_date(self.env, closed),
                )
            )
        return day
