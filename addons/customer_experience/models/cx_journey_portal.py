"""The owner's own page: what one buyer may see of the home, and report."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: Reports of one owner on one day; more of them are no reports any more.
REPORTS_A_DAY = 10
#: Kinds of contact in which somebody comes to the owner, or the owner to us.
VISITS = ("handover", "residence")


class CxJourney(models.Model):
    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "cx.journey"

    @api.model
    def _of_owner(self, user):
        """The homes of a portal user, in superuser mode: the user's own, as a person.

        A home that was signed by somebody else since belongs to them.
        """
        # sudo: customers have no right on journeys, these are their own
        journeys = self.sudo().search(
            [("partner_id", "=", user.partner_id.id)], order="date_signed, id"
        )
        return journeys.filtered(
            lambda journey: journey.unit_id._current_journey() in (journey, self)
        )

    def _owner_dates(self):
        """``[(label, day, has happened)]`` of the buyer's way, in order."""
        days = [
            (self._fields[name]._description_string(self.env), self[name], True)
            for name in (
                *("date_subscribed", "date_signed", "date_registered"),
                *("date_loan", "date_ho_done", "date_moved_in", "date_deed"),
            )
            if self[name]
        ]
        if not self.date_ho_done:
            planned = self.unit_id.delivery_batch_id.milestone_ids.filtered(
                "date_effective"
            )
            days += [
                (milestone.type_id.name, milestone.date_effective, False)
                for milestone in planned
                if not milestone.date_actual
            ]
        return sorted(days, key=lambda day: day[1])

    def _owner_warranties(self):
        return self.unit_id.warranty_ids.filtered("owner_end")

    def _owner_defects(self):
        """Those of this owner, not of who lived there before."""
        return self.defect_ids.sorted("reported_at", reverse=True)

    def _owner_surveys(self):
        return (
            self.env["cx.survey.request"]
            .search(
                [
                    ("journey_id", "=", self.id),
                    ("status", "in", ("new", "sent", "no_answer")),
                ]
            )
            .filtered(
                lambda asked: (
                    not asked.deadline or asked.deadline > fields.Datetime.now()
                )
            )
        )

    def _owner_visits(self):
        """Visits that were, and those that are planned."""
        return self.touchpoint_ids.filtered(
            lambda touchpoint: (
                touchpoint.template_id.contact in VISITS
                and (touchpoint.is_open or touchpoint.state == "done")
            )
        ).sorted("date_due")

    def _owner_documents(self):
        """Files that were made for owners: of this one, of the batch, of the phase."""
        own = Domain("touchpoint_id.journey_id", "=", self.id)
        shared = Domain("touchpoint_id.journey_id", "=", False)
        shared &= Domain("touchpoint_id.phase_id", "=", self.phase_id.id)
        batches = self.unit_id.opening_batch_id | self.unit_id.delivery_batch_id
        shared &= Domain("touchpoint_id.batch_id", "in", [False, *batches.ids])
        return self.env["cx.evidence"].search(
            Domain("for_owner", "=", True)
            & Domain("file", "!=", False)
            & Domain("touchpoint_id.state", "=", "done")
            & (own | shared),
            order="date desc, id desc",
        )

    def _owner_reports(self, title, room, description, is_urgent, photos):
        """A defect that the owner reports.

        :param photos: (name, content) pairs
        :raise UserError: naming what is missing, too much, or no picture
        """
        self.ensure_one()
        title = (title or "").strip()[:120]
        if not title:
            raise UserError(self.env._("Say what is broken."))
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0)
        reported = self.env["cx.defect"].search_count(
            [("journey_id", "=", self.id), ("create_date", ">=", today)]
        )
        if reported >= REPORTS_A_DAY:
            raise UserError(
                self.env._(
                    "You reported %(count)s defects today. Please call us for more.",
                    count=reported,
                )
            )
        defect = self.env["cx.defect"].create(
            {
                "title": title,
                "room": (room or "").strip()[:60],
                "description": (description or "").strip()[:5000],
                "is_urgent": bool(is_urgent),
                "unit_id": self.unit_id.id,
                "journey_id": self.id,
                "source": "portal",
            }
        )
        defect._owner_adds(photos)
        return defect
