from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

COUNTED = ("new", "changed", "unchanged", "rejected", "foreign")


class CreditRelationImport(models.Model):
    """The rows of an import are worth keeping for a while; what came of them stays."""

    # one model, in files of a readable size
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.relation.import"

    kept_counts = fields.Json(
        "Rows Removed", readonly=True, help="How many rows of each kind there were."
    )

    def _compute_counts(self):
        result = super()._compute_counts()
        for job in self.filtered("kept_counts"):
            for status in COUNTED:
                job[f"{status}_count"] = job.kept_counts.get(status, 0)
            job.todo_count, job.progress = 0, 100
            job.summary = job._summary()
        return result

    @api.autovacuum
    def _gc_lines(self):
        """Remove the rows of imports done long enough ago, a part each day."""
        Parameter = self.env["credit.parameter"]
        days = Parameter._value("import_keep_days", self.env.company)
        limit = fields.Datetime.now() - timedelta(days=days)
        old = self.search(
            Domain("state", "=", "done")
            & Domain("write_date", "<", limit)
            & Domain("kept_counts", "=", False),
            limit=20,
        )
        for job in old:
            job.kept_counts = {name: job[f"{name}_count"] for name in COUNTED}
            job.line_ids.unlink()
