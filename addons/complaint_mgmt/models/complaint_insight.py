"""What the cockpit of complaints shows.

Every figure is counted with the rights of who asks, and comes with the domain that
counted it, so that the records behind it can be opened.
"""

from collections import Counter
from datetime import UTC, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..engine.insight import AGES, month_starts, pareto, rate

OPEN = Domain("closed_at", "=", False)
#: Months that can be looked back.
MOST_MONTHS = 36
#: What the Pareto chart can be drawn by.
PARETO_FIELDS = ("cause_id", "type_id", "product_id", "department_id", "channel")
#: Bars of a Pareto chart before the rest is summed up.
MOST_BARS = 12
#: A complaint within so many days of a settlement at once shows that it was none.
REPEAT_DAYS = 30
#: So many complaints within so many days make somebody a repeat complainer.
REPEATER_COUNT, REPEATER_DAYS = 3, 90
CONTENT = ("satisfied", "accepted")
REACHED = (*CONTENT, "unsatisfied")


class ComplaintInsight(models.AbstractModel):
    _name = "complaint.insight"
    _description = "Figures on Complaints"

    @api.model
    def cockpit(self, months=6, by="cause_id"):
        """Figures of the last ``months`` months, the running one included.

        :param int months: 1 to 36
        :param str by: what the Pareto chart counts, one of ``PARETO_FIELDS``
        :return dict: lists of ``tiles``, ``months``, ``limits`` and ``ages``, a
            ``pareto``; each figure with its domain
        :raise UserError: on other months or fields
        :raise AccessError: for who is no handler
        """
        if not self.env.user.has_group("complaint_mgmt.group_complaint_mgmt_handler"):
            raise AccessError(
                self.env._("Figures on complaints are for those who handle them.")
            )
        if not isinstance(months, int) or not 1 <= months <= MOST_MONTHS:
            raise UserError(
                self.env._("Choose 1 to %(most)s months.", most=MOST_MONTHS)
            )
        if by not in PARETO_FIELDS:
            raise UserError(self.env._("The chart cannot be drawn by “%s”.", by))
        starts = self._month_starts(months)
        return {
            "tiles": self._now_tiles() + self._period_tiles(starts),
            "months": self._months(starts),
            "limits": self._limits(starts),
            "ages": self._ages(),
            "pareto": self._pareto(starts, by),
            "by": [
                [name, self.env["complaint.case"].fields_get([name])[name]["string"]]
                for name in PARETO_FIELDS
            ],
        }

    # ------------------------------------------------------------
    # TIME
    # ------------------------------------------------------------

    def _instant(self, day):
        """The naive UTC instant at which a day of the user begins."""
        start = self.env.tz.localize(datetime.combine(day, time.min))
        return start.astimezone(UTC).replace(tzinfo=None)

    def _month_starts(self, months):
        """First days of the months, and of the one after them."""
        starts = month_starts(fields.Date.context_today(self), months)
        return [*starts, starts[-1] + relativedelta(months=1)]

    def _within(self, name, starts):
        return Domain(name, ">=", self._instant(starts[0])) & Domain(
            name, "<", self._instant(starts[-1])
        )

    # ------------------------------------------------------------
    # TILES
    # ------------------------------------------------------------

    def _cases(self):
        return self.env["complaint.case"]

    def _tile(self, key, label, value, domain=None, model="complaint.case", **more):
        return {
            "key": key,
            "label": label,
            "value": value,
            "model": model,
            "domain": list(domain) if domain is not None else None,
            **more,
        }

    def _count_tile(self, key, label, domain, **more):
        count = self._cases().search_count(domain)
        return self._tile(key, label, count, domain, **more)

    def _now_tiles(self):
        today = fields.Date.context_today(self)
        tomorrow = self._instant(today + timedelta(days=1))
        due = Domain("next_deadline", ">=", fields.Datetime.now())
        due &= Domain("next_deadline", "<", tomorrow)
        return [
            self._count_tile("open", self.env._("Open"), OPEN),
            self._count_tile(
                "overdue",
                self.env._("Open and overdue"),
                OPEN & Domain("sla_state", "=", "breached"),
                tone="danger",
            ),
            self._count_tile(
                "today", self.env._("Due today"), OPEN & due, tone="warning"
            ),
            self._count_tile(
                "unassigned",
                self.env._("Without a handler"),
                OPEN & Domain("user_id", "=", False),
                tone="warning",
            ),
        ]

    def _period_tiles(self, starts):
        received = self._within("received_at", starts)
        closed = self._within("closed_at", starts)
        settled = closed & Domain("stage_kind", "=", "closed")
        count = self._cases().search_count
        settled_count = count(settled)
        reopened = settled & Domain("reopen_count", ">", 0)
        return [
            self._count_tile("received", self.env._("Complaints received"), received),
            self._count_tile("closed", self.env._("Complaints closed"), closed),
            self._first_contact_tile(settled, settled_count),
            self._tile(
                "reopened",
                self.env._("Share reopened"),
                rate(count(reopened), settled_count),
                reopened,
                unit="%",
            ),
            self._content_tile(starts, settled, settled_count),
            self._promise_tile(starts),
            self._repeater_tile(),
        ]

    def _first_contact_tile(self, settled, settled_count):
        """Settled at once, and how many of them really were: nobody came back."""
        at_once = settled & Domain("resolved_first_contact", "=", True)
        cases = self._cases().search(at_once)
        lasting = cases.filtered(self._is_lasting(cases))
        return self._tile(
            "first_contact",
            self.env._("Settled at first contact"),
            rate(len(cases), settled_count),
            at_once,
            unit="%",
            note=self.env._(
                "%(share)s %% without another complaint within %(days)s days",
                share=rate(len(lasting), settled_count) or 0,
                days=REPEAT_DAYS,
            )
            if cases
            else "",
        )

    def _is_lasting(self, cases):
        """Tells of one of the closed ``cases`` whether its customer stayed content."""
        if not cases:
            return bool
        since = min(cases.mapped("closed_at"))
        again = Domain("partner_id", "in", cases.partner_id.ids)
        again &= Domain("received_at", ">", since)
        later = dict(
            self._cases()._read_group(again, ["partner_id"], ["received_at:array_agg"])
        )
        soon = timedelta(days=REPEAT_DAYS)
        return lambda case: (
            not any(
                case.closed_at < at <= case.closed_at + soon
                for at in later.get(case.partner_id, ())
            )
        )

    def _content_tile(self, starts, settled, settled_count):
        """Of the customers reached by call-backs, how many were content.

        A customer who was not content and is by the second call counts twice: the
        first answer was no good. Results entered without a call on record count too.
        """
        results = Counter()
        calls = self._within("called_at", starts) & Domain("result", "in", REACHED)
        typed = settled & Domain("callback_ids", "=", False)
        typed &= Domain("callback_result", "in", REACHED)
        for model, domain, name in (
            (self.env["complaint.callback"], calls, "result"),
            (self._cases(), typed, "callback_result"),
        ):
            results.update(dict(model._read_group(domain, [name], ["__count"])))
        called = settled & Domain("callback_result", "in", REACHED)
        return self._tile(
            "content",
            self.env._("Content on call-back"),
            rate(sum(results[name] for name in CONTENT), results.total()),
            Domain("callback_ids", "any", calls) | typed,
            unit="%",
            note=self.env._(
                "%(called)s of %(all)s reached before they were closed",
                called=self._cases().search_count(called),
                all=settled_count,
            ),
        )

    def _promise_tile(self, starts):
        kept, missed = self._met_and_missed(
            self._due_within(starts) & Domain("metric", "=", "promise")
        )
        return self._tile(
            "promise",
            self.env._("Promises kept"),
            rate(kept, kept + missed),
            self._due_within(starts) & Domain("metric", "=", "promise"),
            model="complaint.clock",
            unit="%",
        )

    def _repeater_tile(self):
        since = fields.Datetime.now() - timedelta(days=REPEATER_DAYS)
        domain = Domain("received_at", ">=", since) & Domain("partner_id", "!=", False)
        found = self._cases()._read_group(
            domain, ["partner_id"], having=[("__count", ">=", REPEATER_COUNT)]
        )
        partners = [partner.id for (partner,) in found]
        return self._tile(
            "repeaters",
            self.env._("Repeat complainers"),
            len(partners),
            domain & Domain("partner_id", "in", partners),
            group_by="partner_id",
            note=self.env._(
                "%(count)s or more within %(days)s days",
                count=REPEATER_COUNT,
                days=REPEATER_DAYS,
            ),
        )

    # ------------------------------------------------------------
    # TIME LIMITS
    # ------------------------------------------------------------

    def _due_within(self, starts):
        """Limits that were due in the period and have an outcome, or are overdue.

        What was registered when its time had passed is the fault of no department.
        """
        return (
            self._within("deadline", starts)
            & Domain("state", "in", ("met", "late", "breached"))
            & Domain("late_registration", "=", False)
        )

    def _met_and_missed(self, domain):
        counts = dict(
            self.env["complaint.clock"]._read_group(domain, ["state"], ["__count"])
        )
        return counts.get("met", 0), counts.get("late", 0) + counts.get("breached", 0)

    def _months(self, starts):
        """By month: complaints received and closed, time limits met, met after an
        extension, and missed."""
        months = []
        received = self._by_month(self._cases(), "received_at", Domain.TRUE, starts)
        closed = self._by_month(self._cases(), "closed_at", Domain.TRUE, starts)
        clocks, due = self.env["complaint.clock"], self._due_within(starts)
        extended = Domain("extended", ">", 0)
        met = due & Domain("state", "=", "met")
        counted = {
            "met": self._by_month(clocks, "deadline", met & ~extended, starts),
            "extended": self._by_month(clocks, "deadline", met & extended, starts),
            "missed": self._by_month(clocks, "deadline", due & ~met, starts),
        }
        for start, end in zip(starts, starts[1:], strict=False):
            limits = {name: counts[start] for name, counts in counted.items()}
            kept = limits["met"] + limits["extended"]
            months.append(
                {
                    "start": fields.Date.to_string(start),
                    "received": received[start],
                    "closed": closed[start],
                    **limits,
                    "rate": rate(kept, kept + limits["missed"]),
                    "domain": list(self._due_within([start, end])),
                    "received_domain": list(self._within("received_at", [start, end])),
                }
            )
        return months

    def _by_month(self, model, name, domain, starts):
        """Records by the first day of the month, in the time zone of the user."""
        groups = model.with_context(tz=self.env.tz.zone)._read_group(
            domain & self._within(name, starts), [f"{name}:month"], ["__count"]
        )
        return Counter({month.date(): count for month, count in groups})

    def _limits(self, starts):
        """By kind of time limit, the worst kept first."""
        domain = self._due_within(starts)
        counts = Counter()
        for metric, state, count in self.env["complaint.clock"]._read_group(
            domain, ["metric", "state"], ["__count"]
        ):
            counts[metric, state == "met"] += count
        labels = dict(
            self.env["complaint.clock"]
            ._fields["metric"]
            ._description_selection(self.env)
        )
        limits = []
        for metric in {metric for metric, _met in counts}:
            met, missed = counts[metric, True], counts[metric, False]
            limits.append(
                {
                    "key": metric,
                    "label": labels[metric],
                    "met": met,
                    "missed": missed,
                    "rate": rate(met, met + missed),
                    "domain": list(domain & Domain("metric", "=", metric)),
                }
            )
        return sorted(limits, key=lambda limit: (limit["rate"], -limit["missed"]))

    # ------------------------------------------------------------
    # CAUSES AND AGES
    # ------------------------------------------------------------

    def _pareto(self, starts, by):
        domain = self._within("received_at", starts)
        known = domain & Domain(by, "!=", False)
        groups = self._cases()._read_group(known, [by], ["__count"])
        field = self._cases()._fields[by]
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            groups = [(key, labels.get(key, key), count) for key, count in groups]
        else:
            # sudo: what a complaint that one sees is about is no secret
            groups = [(one.id, one.sudo().display_name, n) for one, n in groups]
        labels = {key: label for key, label, _count in groups}
        bars = pareto({key: count for key, _label, count in groups})
        shown = [
            {
                **bar._asdict(),
                "label": labels[bar.key],
                "domain": list(domain & Domain(by, "=", bar.key)),
            }
            for bar in bars[:MOST_BARS]
        ]
        rest = bars[MOST_BARS:]
        if rest:
            shown.append(
                {
                    "key": "rest",
                    "label": self.env._("%s others", len(rest)),
                    "count": sum(bar.count for bar in rest),
                    "share": round(sum(bar.share for bar in rest), 1),
                    "cumulative": 100.0,
                    "vital": False,
                    "domain": list(domain & Domain(by, "in", [b.key for b in rest])),
                }
            )
        unknown = domain & Domain(by, "=", False)
        return {
            "by": by,
            "bars": shown,
            "unknown": self._cases().search_count(unknown),
            "unknown_domain": list(unknown),
        }

    def _ages(self):
        """Open complaints by severity and age in days, and how many are overdue."""
        severities = self._cases()._fields["severity"]._description_selection(self.env)
        today = fields.Date.context_today(self)
        columns, cells = [], {}
        for least, most in AGES:
            domain = OPEN & Domain(
                "received_at", "<", self._instant(today - timedelta(days=least - 1))
            )
            if most is not None:
                domain &= Domain(
                    "received_at", ">=", self._instant(today - timedelta(days=most))
                )
            columns.append([least, most])
            counts = Counter()
            for severity, state, count in self._cases()._read_group(
                domain, ["severity", "sla_state"], ["__count"]
            ):
                counts[severity] += count
                counts[severity, "overdue"] += count * (state == "breached")
            cells[least] = (domain, counts)
        return {
            "columns": columns,
            "rows": [
                {
                    "key": key,
                    "label": label,
                    "cells": [
                        {
                            "count": cells[least][1][key],
                            "overdue": cells[least][1][key, "overdue"],
                            "domain": list(
                                cells[least][0] & Domain("severity", "=", key)
                            ),
                        }
                        for least, _most in columns
                    ],
                }
                for key, label in reversed(severities)
            ],
        }
