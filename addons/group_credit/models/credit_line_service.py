from odoo import api, models
from odoo.exceptions import AccessError

INTERFACE = "group_credit.group_group_credit_interface"
OFFICER = "group_credit.group_group_credit_officer"
VIEWER = "group_credit.group_group_credit_viewer"


class CreditLine(models.Model):
    """What other addons and other systems call, by keyword.

    A document is named by ``origin_model`` and ``origin_id``, each of its steps by a
    ``component`` of its own. A step that is sent twice is booked once.
    """

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.line"

    # ------------------------------------------------------------
    # PUBLIC
    # ------------------------------------------------------------

    @api.model
    def check(
        self,
        partner_id,
        amount,
        currency_id=None,
        product_id=None,
        date=None,
        margin=0,
        pledged=0,
    ):
        """Whether ``amount`` may be drawn: ``{decision, available, reasons, managed}``.

        ``decision`` is ``ok``, ``warn`` (little room is left), ``approval`` (more than
        the room, somebody may override) or ``block``. Changes nothing.
        """
        self._check_role(INTERFACE, VIEWER)
        values = {
            "kind": "check",
            "partner_id": partner_id,
            "amount": amount,
            "currency_id": currency_id,
            "product_id": product_id,
            "date": date,
            "margin": margin,
            "pledged": pledged,
        }
        # sudo: the caller learns the answer, not the lines
        lines = self.sudo()
        return lines._check_step(lines._parse(values))

    @api.model
    def reserve(
        self,
        partner_id,
        amount,
        currency_id=None,
        product_id=None,
        date=None,
        origin_model=None,
        origin_id=None,
        component="1",
        margin=0,
        pledged=0,
        note="",
    ):
        """Take room for what is agreed and not drawn yet."""
        return self._serve(
            "reserve",
            partner_id=partner_id,
            amount=amount,
            currency_id=currency_id,
            product_id=product_id,
            date=date,
            origin_model=origin_model,
            origin_id=origin_id,
            component=component,
            margin=margin,
            pledged=pledged,
            note=note,
        )

    @api.model
    def draw(
        self,
        partner_id,
        amount,
        currency_id=None,
        product_id=None,
        date=None,
        origin_model=None,
        origin_id=None,
        component="1",
        margin=0,
        pledged=0,
        note="",
    ):
        """Draw: first what the document has reserved, the rest anew."""
        return self._serve(
            "draw",
            partner_id=partner_id,
            amount=amount,
            currency_id=currency_id,
            product_id=product_id,
            date=date,
            origin_model=origin_model,
            origin_id=origin_id,
            component=component,
            margin=margin,
            pledged=pledged,
            note=note,
        )

    @api.model
    def repay(
        self,
        origin_model,
        origin_id,
        component="1",
        amount=None,
        currency_id=None,
        date=None,
        note="",
    ):
        """Pay back ``amount`` of what the document has drawn (all of it if empty).
        Accepted whatever the state of the line."""
        return self._serve(
            "repay",
            amount=amount,
            currency_id=currency_id,
            date=date,
            origin_model=origin_model,
            origin_id=origin_id,
            component=component,
            note=note,
        )

    @api.model
    def release(
        self,
        origin_model,
        origin_id,
        component="1",
        amount=None,
        currency_id=None,
        date=None,
        note="",
    ):
        """Give back ``amount`` of what the document has reserved (all if empty)."""
        return self._serve(
            "release",
            amount=amount,
            currency_id=currency_id,
            date=date,
            origin_model=origin_model,
            origin_id=origin_id,
            component=component,
            note=note,
        )

    @api.model
    def secure(
        self,
        origin_model,
        origin_id,
        component="1",
        margin=0,
        pledged=0,
        currency_id=None,
        date=None,
        note="",
    ):
        """Take more margin or pledges for the document, or give back (negative)."""
        return self._serve(
            "margin",
            currency_id=currency_id,
            date=date,
            origin_model=origin_model,
            origin_id=origin_id,
            component=component,
            margin=margin,
            pledged=pledged,
            note=note,
        )

    # ------------------------------------------------------------
    # SERVING
    # ------------------------------------------------------------

    @api.model
    def _check_role(self, *roles):
        if not self.env.su and not any(self.env.user.has_group(r) for r in roles):
            raise AccessError(
                self.env._(
                    "Credit lines are a commercial secret: you need a role of Group "
                    "Credit to ask about them or to use them."
                )
            )

    @api.model
    def _serve(self, kind, **values):
        self._check_role(INTERFACE, OFFICER)
        # sudo: the role may book uses, the lines themselves stay closed to it
        lines = self.sudo()
        step = lines._parse({"kind": kind, **values})
        usage, repeated = lines._book(step)
        return {"usage_id": usage.id, "repeated": repeated}

    def _book_step(self, kind, **values):
        """For other addons: as the public methods, with ``allowance`` (an approved
        override) and ``guarded=False`` (what happened anyhow) on top. Returns the row
        of the ledger. Call it in superuser mode."""
        return self._book(self._parse({"kind": kind, **values}))[0]
