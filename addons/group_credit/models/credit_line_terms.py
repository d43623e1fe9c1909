from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from ..engine.limits import check_children
from .credit_line import DOOR, OPEN_STATES

MAX_DEPTH = 10
# kind of event -> (states in which it may happen, state after it)
KINDS = {
    "grant": ({"draft"}, "active"),
    "increase": ({"active", "frozen"}, None),
    "decrease": ({"active", "frozen"}, None),
    "renew": ({"active", "frozen", "expired"}, "active"),
    "freeze": ({"active"}, "frozen"),
    "unfreeze": ({"frozen"}, "active"),
    "expire": ({"active", "frozen"}, "expired"),
    "terminate": ({"active", "frozen", "expired", "defaulted"}, "terminated"),
    "default": ({"active", "frozen", "expired"}, "defaulted"),
    "member_join": ({"active", "frozen", "expired", "defaulted"}, None),
    "member_leave": ({"active", "frozen", "expired", "defaulted"}, None),
}
AMOUNTS = ("limit", "net_limit", "low_risk_limit")
# What a request may change about a line.
REQUESTED = (*AMOUNTS, "date_start", "date_end")
TERMS_KINDS = {"grant", "increase", "decrease", "renew"}


class CreditLine(models.Model):
    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.line"

    # ------------------------------------------------------------
    # THE DOOR
    # ------------------------------------------------------------

    def _record_event(self, kind, values=None, reason="", *, date=None, source=None):
        """Record an approved, dated event of the line and put it into effect.

        The only door by which terms and state of a line change. ``grant`` on an empty
        recordset creates the line from ``values``. ``source`` is the document that was
        approved. What is dated in the future waits for its day.
        Returns the event; whoever calls has checked that it was approved.
        """
        line = self
        if kind == "grant" and not self:
            values = dict(values or {})
            line = self.sudo().create(values)  # terms come from an approved document
            values = {name: values[name] for name in REQUESTED if name in values}
        line.ensure_one()
        event = (
            self.env["credit.line.event"]
            # sudo: nobody has the right to enter an event that is decided already
            .sudo()
            .with_context(credit_door=DOOR)
            .create(
                {
                    "line_id": line.id,
                    "kind": kind,
                    "values": self._plain_values(values or {}),
                    "reason": reason,
                    "date": date or fields.Date.context_today(self),
                    "source_model": source._name if source else False,
                    "source_id": source.id if source else False,
                    "state": "scheduled",
                    "decided_by_id": self.env.uid,
                }
            )
        )
        event._apply_due()
        # the door stays closed to whoever gets the event
        return self.env["credit.line.event"].browse(event.id)

    def _plain_values(self, values):
        """``values`` as JSON keeps them."""
        return {
            name: fields.Date.to_string(fields.Date.to_date(value))
            if self._fields[name].type == "date"
            else (value.id if isinstance(value, models.BaseModel) else value)
            for name, value in values.items()
        }

    def _apply_event(self, event):
        """Change the line as ``event`` says; ``self`` is superuser's, door open."""
        self.ensure_one()
        allowed, state = KINDS[event.kind]
        if self.state not in allowed:
            labels = dict(self._fields["state"]._description_selection(self.env))
            kinds = dict(event._fields["kind"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(line)s is “%(state)s”: “%(kind)s” is not possible.",
                    line=self.name,
                    state=labels[self.state],
                    kind=kinds[event.kind],
                )
            )
        self._lock_tree()
        vals = {**(event.values or {}), **({"state": state} if state else {})}
        handler = getattr(self, f"_apply_{event.kind}", None)
        if handler:
            handler(event, vals)
        elif vals:
            self.write(vals)
        if event.kind in TERMS_KINDS:
            self._check_terms(event.date)
        (self | self.parent_id)._refresh_carved()

    def _lock_tree(self):
        """Two changes of one tree never run at the same time."""
        root = self.browse(self._path_ids()[-1])
        root.lock_for_update()

    def _refresh_carved(self):
        """What the limits of the lines below set aside."""
        sums = {
            parent: (limit, net)
            for parent, limit, net in self._read_group(
                Domain("parent_id", "in", self.ids)
                & Domain("has_limit", "=", True)
                & Domain("state", "in", OPEN_STATES),
                ["parent_id"],
                ["limit:sum", "net_limit:sum"],
            )
        }
        for line in self:
            carved, net = sums.get(line, (0.0, 0.0))
            if (line.carved, line.carved_net) != (carved, net):
                line.write({"carved": carved, "carved_net": net})

    # ------------------------------------------------------------
    # WHAT AN EVENT DOES
    # ------------------------------------------------------------

    def _apply_decrease(self, event, vals):
        if event.cut_below:
            self._cut_below(vals, event)
        self.write(vals)

    def _cut_below(self, vals, event):
        """Cut the lines below in proportion, so that they fit under the new limits."""
        below = self.child_ids.filtered(
            lambda line: line.has_limit and line.state in OPEN_STATES
        )
        wanted = []
        for line in below:
            cut = {}
            for name in set(AMOUNTS) & set(vals):
                total = sum(Decimal(str(each[name])) for each in below)
                if total <= Decimal(str(vals[name])):
                    continue
                # rounded down, so that the parts never exceed the whole
                unit = Decimal(str(line.currency_id.rounding))
                share = Decimal(str(line[name])) * Decimal(str(vals[name])) / total
                cut[name] = float(share // unit * unit)
            wanted.append((line, cut))
        for line, cut in wanted:
            if cut:
                line._record_event("decrease", cut, event.reason, source=event)

    def _apply_renew(self, event, vals):
        """The next reminders count from the new end."""
        self.write({**vals, "reminded": 0})
        self.activity_unlink(["mail.mail_activity_data_todo"])
        if not event.renew_below:
            return
        # from above, so that each lies within the validity of the line above it
        below = self.search(
            Domain("id", "child_of", self.ids)
            & Domain("id", "!=", self.id)
            & Domain("state", "in", ("active", "expired")),
            order="parent_path",
        )
        dates = {"date_start": self.date_start, "date_end": self.date_end}
        for line in below:
            if line.parent_id.state in OPEN_STATES:
                line._record_event("renew", dates, event.reason, source=event)

    def _apply_terminate(self, event, vals):
        self._end_below("terminate", event)
        self.write(vals)

    def _apply_default(self, event, vals):
        """Cross-default: nobody of the group draws any more."""
        self.write(vals)
        root = self.browse(self._path_ids()[-1])
        if root != self and root.state == "active":
            root._record_event(
                "freeze",
                reason=self.env._("Cross-default: %(line)s.", line=self.name),
                source=event,
            )

    def _end_below(self, kind, event):
        for line in self.child_ids:
            if line.state in KINDS[kind][0]:
                line._record_event(kind, reason=event.reason, source=event)

    def _apply_member_join(self, event, vals):
        """The customer's own line goes under the group's; what is out counts now."""
        above = self.browse(vals["parent_id"])
        self._check_settled()
        self.write({"parent_id": above.id, "group_id": above.group_id.id})
        self._transfer(self._path_ids()[1:], 1, event)

    def _apply_member_leave(self, event, vals):
        """History stays with the group, what is out leaves its total today. Drawing
        goes on only after a new approval."""
        self._check_settled()
        above = self._path_ids()[1:]
        self._transfer(above, -1, event)
        self.write({"parent_id": False, "group_id": False})
        if self.state == "active":
            self._record_event("freeze", reason=event.reason, source=event)

    # ------------------------------------------------------------
    # RULES
    # ------------------------------------------------------------

    def _check_place(self):
        """A line stands where it belongs in the tree."""
        if self._has_cycle():
            raise ValidationError(
                self.env._("Line Above: a line cannot stand above itself.")
            )
        for line in self:
            message = line._misplaced()
            if message:
                raise ValidationError(message)

    def _misplaced(self):
        above = self.parent_id
        if not self.partner_id and not self.group_id:
            return self.env._("Name the group or the customer that the line is for.")
        if self.product_id and not self.partner_id:
            return self.env._("Customer: a product line is the line of a customer.")
        if self.partner_id != self.partner_id.commercial_partner_id:
            return self.env._(
                "Customer: %(name)s is a contact. The line is of the company "
                "%(owner)s.",
                name=self.partner_id.display_name,
                owner=self.partner_id.commercial_partner_id.name,
            )
        return bool(above) and self._misplaced_below(above)

    def _misplaced_below(self, above):
        if above.partner_id and above.partner_id != self.partner_id:
            return self.env._(
                "Line Above: %(above)s is the line of another customer.",
                above=above.name,
            )
        if above.product_id or (above.level == "member" and not self.product_id):
            return self.env._(
                "Line Above: %(above)s can only have product lines below.",
                above=above.name,
            )
        if above.group_id != self.group_id:
            return self.env._(
                "Line Above: %(above)s is a line of another group.", above=above.name
            )
        if above.currency_id != self.currency_id:
            return self.env._(
                "Currency: all lines of one group are in %(currency)s.",
                currency=above.currency_id.name,
            )
        if above.company_id and above.company_id != self.company_id:
            return self.env._(
                "Company: the line above is of %(company)s.",
                company=above.company_id.name,
            )
        if len(self._path_ids()) > MAX_DEPTH:
            return self.env._("A tree of lines is at most %(n)s deep.", n=MAX_DEPTH)
        return False

    def _check_terms(self, day):
        """The rules between a line, the one above and those below."""
        self.ensure_one()
        self._check_validity(day)
        above = self.parent_id
        if above:
            if above.state not in OPEN_STATES:
                raise ValidationError(
                    self.env._(
                        "The line above, %(above)s, is not in force. Grant it first.",
                        above=above.name,
                    )
                )
            above._check_limits_below()
        self._check_limits_below()
        if self.partner_id and self.group_id and self.level == "member":
            self._check_member(day)

    def _check_member(self, day):
        group = self.group_id
        members = group.member_ids.filtered_domain(
            group.member_ids._current_domain(day)
        )
        if self.partner_id not in members.partner_id:
            raise ValidationError(
                self.env._(
                    "%(partner)s is not a member of %(group)s on %(day)s.",
                    partner=self.partner_id.name,
                    group=group.name,
                    day=format_date(self.env, day),
                )
            )

    def _check_validity(self, day):
        if not self.date_start or not self.date_end or self.date_end < self.date_start:
            raise ValidationError(
                self.env._(
                    "Valid From and Valid Until of %(line)s: enter both, in order.",
                    line=self.name,
                )
            )
        months = self.env["credit.parameter"]._value(
            "max_validity_months", self.company_id, day
        )
        last = self.date_start + relativedelta(months=months)
        if self.date_end > last:
            raise ValidationError(
                self.env._(
                    "Valid Until: a line holds for at most %(months)s months, that is "
                    "until %(day)s.",
                    months=months,
                    day=format_date(self.env, last),
                )
            )
        above = self.parent_id
        outside = above and (
            self.date_end > above.date_end or self.date_start < above.date_start
        )
        if outside or any(
            line.date_end > self.date_end
            for line in self.child_ids
            if line.state in OPEN_STATES
        ):
            raise ValidationError(
                self.env._(
                    "Validity: a line lies within the validity of the line above "
                    "(%(line)s).",
                    line=above.name if outside else self.name,
                )
            )

    def _check_limits_below(self):
        below = self.child_ids.filtered(
            lambda line: line.has_limit and line.state in OPEN_STATES
        )
        if not self.has_limit:
            return
        for name in ("limit", "net_limit", "low_risk_limit"):
            over = check_children(
                self.allocation,
                Decimal(str(self[name])),
                [Decimal(str(line[name])) for line in below],
            )
            if over:
                raise ValidationError(
                    self.env._(
                        "%(field)s: the lines below %(line)s (%(mode)s) exceed it by "
                        "%(over)s. Raise it, cut the lines below in the same request, "
                        "or choose another way to hand it out.",
                        field=self._fields[name]._description_string(self.env),
                        line=self.name,
                        mode=dict(
                            self._fields["allocation"]._description_selection(self.env)
                        )[self.allocation],
                        over=format_amount(self.env, float(over), self.currency_id),
                    )
                )
