from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..engine.limits import Measures
from .credit_line import DOOR
from .credit_usage import MEASURES


class CreditLine(models.Model):
    """Lines that move between groups, with what is out on them."""

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.line"

    def _check_settled(self):
        """Nothing is under way on the line or below, so that it can move as it is."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT 1 FROM credit_hold WHERE path LIKE %s LIMIT 1",
            [f"{self.parent_path}%"],
        )
        if self.env.cr.rowcount:
            raise UserError(
                self.env._(
                    "A use of %(line)s is being booked at this moment. Try again.",
                    line=self.name,
                )
            )

    def _transfer(self, above, sign, event):
        """Count what is out on the line with the lines ``above`` it, or no longer."""
        self.ensure_one()
        if not above:
            return
        self.env.flush_all()
        self.invalidate_recordset()
        delta = Measures(
            *(Decimal(str(self[name])) for name in self._measure_counters())
        )
        if sign < 0:
            delta = -delta
        path = "/".join(map(str, [*reversed(above), self.id])) + "/"
        self.env["credit.usage"].with_context(credit_door=DOOR).create(
            {
                "line_id": self.id,
                "path": path,
                "root_id": above[-1],
                "group_id": self.browse(above[-1]).group_id.id,
                "partner_id": self.partner_id.id,
                "product_id": self.product_id.id,
                "company_id": self.company_id.id,
                "kind": "transfer",
                "date": event.date,
                "origin_model": event._name,
                "origin_id": str(event.id),
                "component": "1",
                "origin_name": event.display_name,
                "currency_id": self.currency_id.id,
                "line_currency_id": self.currency_id.id,
                "rate": 1.0,
                **dict(zip(MEASURES, map(float, delta), strict=True)),
                "note": event.reason,
                "posted": True,
            }
        )
        self.env.flush_all()
        self._move(self.env.cr, path, self.id, "transfer", delta)
        self.env.invalidate_all()

    def _measure_counters(self):
        """Counters of the line in the order of ``Measures``."""
        return ["margin" if name == "margin_held" else name for name in MEASURES]
