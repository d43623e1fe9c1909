import logging
import time

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_list, split_every

from ..engine.records import BadFile, FileCut, Party
from ..engine.stream import detect

_logger = logging.getLogger(__name__)

# Rows kept in memory at once, and between two commits.
BATCH = 1000
# What a person waits for; more is left to the scheduler.
AT_ONCE_BYTES = 512 << 10
AT_ONCE_ROWS = 1000
# Seconds that one run of the scheduler works before others get their turn.
SLICE = 45
# What its user may set, and when; all else is moved by the checked methods only.
EDITABLE = {
    "upload": {
        "file",
        "filename",
        "file_format",
        "encoding",
        "source",
        "company_id",
        "create_partners",
    },
    "preview": {"confirm", "accept_excess", "accept_cut"},
}


class CreditRelationImport(models.Model):
    """Reads a file of any length into rows, shows what each would do, then does it.

    A format is a value of ``file_format`` and a method ``_read_<format>`` that yields
    the records of ``engine.records``; everything after that is shared. The work goes
    in steps, each in batches that are committed, so that it can be stopped and
    resumed. A row that is not in the books of the import yet is read again.
    """

    _name = "credit.relation.import"
    _description = "Import of Control Relations"
    _order = "id desc"
    _rec_name = "filename"

    file_format = fields.Selection(
        [
            ("auto", "Recognised From the File"),
            ("table", "Table (CSV or Excel)"),
            ("bods", "BODS 0.4 (JSON)"),
            ("gleif", "GLEIF Level 2 (XML or JSON)"),
        ],
        string="Format",
        default="auto",
        required=True,
    )
    file = fields.Binary(required=True, attachment=True)
    filename = fields.Char("File Name")
    encoding = fields.Selection(
        [("utf-8-sig", "UTF-8"), ("gb18030", "GB18030 (GBK)"), ("utf-16", "UTF-16")],
        help="Of a CSV table. Empty: recognised from the file.",
    )
    source = fields.Selection(
        lambda self: (
            self.env["credit.relation"]
            ._fields["source"]
            ._description_selection(self.env)
        ),
        default="register",
        required=True,
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    user_id = fields.Many2one(
        "res.users",
        string="Imported By",
        readonly=True,
        help="The import may do what this user may do, whoever runs it.",
    )
    create_partners = fields.Boolean(
        "Create Unknown Partners",
        help="Otherwise rows that name an unknown partner are refused.",
    )
    confirm = fields.Boolean(
        "Confirm at Once",
        help="For reviewers. Otherwise the relations arrive as drafts.",
    )
    accept_excess = fields.Boolean(
        "Accept Holdings Above 100 %",
        help="Marks the companies whose holdings in this file add up to more than 100 "
        "%, so that the contradiction is kept instead of refused.",
    )
    accept_cut = fields.Boolean(
        "Import the Complete Rows",
        help="The file breaks off, so what belongs together may be missing. Better get "
        "it again.",
    )
    state = fields.Selection(
        [
            ("upload", "File"),
            ("reading", "Reading"),
            ("preview", "Preview"),
            ("importing", "Importing"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        default="upload",
        required=True,
        readonly=True,
    )
    step = fields.Selection(
        [
            ("parties", "Reading the parties"),
            ("match", "Looking for their partners"),
            ("lines", "Comparing the rows"),
            ("apply", "Importing"),
        ],
        readonly=True,
    )
    is_stopped = fields.Boolean("Stopped", readonly=True)
    # Where the step goes on: behind this record of the file, or this party.
    position = fields.Integer(readonly=True)
    row_total = fields.Integer("Number of Rows", readonly=True)
    cut_text = fields.Char("Where It Breaks Off", readonly=True)
    error = fields.Text("Why It Failed", readonly=True)
    line_ids = fields.One2many("credit.relation.import.line", "import_id")
    sample_line_ids = fields.Many2many(
        "credit.relation.import.line", compute="_compute_sample_line_ids"
    )
    summary = fields.Char(compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")
    todo_count = fields.Integer(compute="_compute_counts")
    new_count = fields.Integer("New", compute="_compute_counts")
    changed_count = fields.Integer("Changed", compute="_compute_counts")
    unchanged_count = fields.Integer("Unchanged", compute="_compute_counts")
    rejected_count = fields.Integer("Refused", compute="_compute_counts")
    foreign_count = fields.Integer("Not Ours", compute="_compute_counts")

    def _compute_counts(self):
        counts = {}
        for job, status, is_applied, count in self.env[
            "credit.relation.import.line"
        ]._read_group(
            [("import_id", "in", self.ids)],
            ["import_id", "status", "is_applied"],
            ["__count"],
        ):
            counts.setdefault(job, []).append((status, is_applied, count))
        for job in self:
            found = counts.get(job._origin, [])
            by_status = dict.fromkeys(
                ("new", "changed", "unchanged", "rejected", "foreign"), 0
            )
            applied = 0
            for status, is_applied, count in found:
                by_status[status] += count
                applied += count if is_applied else 0
            for status, count in by_status.items():
                job[f"{status}_count"] = count
            todo = job.new_count + job.changed_count
            job.todo_count = todo - applied
            staged = sum(by_status.values())
            done, total = staged, job.row_total
            if job.state in ("importing", "done"):
                done, total = applied, todo
            job.progress = min(100.0, 100.0 * done / total) if total else 0
            job.summary = job._summary()

    def _summary(self):
        return self.env._(
            "%(new)s new, %(changed)s changed, %(unchanged)s unchanged, "
            "%(refused)s refused",
            new=self.new_count,
            changed=self.changed_count,
            unchanged=self.unchanged_count,
            refused=self.rejected_count,
        )

    def _compute_sample_line_ids(self):
        """What to look at first; the buttons above show all rows of a kind."""
        Line = self.env["credit.relation.import.line"]
        for job in self:
            lines = Line
            for status in ("rejected", "changed", "new", "unchanged"):
                lines |= Line.search(
                    [("import_id", "=", job.id), ("status", "=", status)],
                    limit=80 - len(lines),
                )
                if len(lines) >= 80:
                    break
            job.sample_line_ids = lines

    def write(self, vals):
        if not self.env.su:
            for job in self:
                job._check_editable(set(vals) - EDITABLE.get(job.state, set()))
        return super().write(vals)

    def _check_editable(self, names):
        if names:
            labels = self.fields_get(names, ["string"])
            raise AccessError(
                self.env._(
                    "%(fields)s of an import cannot be changed at this step. Go back "
                    "to the file, or start another import.",
                    fields=format_list(
                        self.env, [label["string"] for label in labels.values()]
                    ),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        running = self.filtered(lambda job: job.state in ("reading", "importing"))
        if not all(running.mapped("is_stopped")):
            raise UserError(
                self.env._("The import is running. Stop it before you delete it.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            allowed = EDITABLE["upload"] | EDITABLE["preview"]
            vals_list = [
                {name: vals[name] for name in vals if name in allowed}
                for vals in vals_list
            ]
        return super().create(vals_list)

    # Steps

    def action_preview(self):
        self.ensure_one()
        self.check_access("write")
        if self.state != "upload":
            return True
        job = self.sudo()  # sudo: the import moves its own state
        try:
            with job._open() as content:
                if job.file_format == "auto":
                    job.file_format = detect(content)
        except BadFile as error:
            raise UserError(self._bad_file_text(error)) from None
        self._begin("reading", "parties", position=0, row_total=0)
        self._start(at_once=self._is_small())
        return True

    def _is_small(self):
        """Whether a person can wait for it; a packed register is larger than it looks,
        a workbook is no larger than a table can be."""
        attachment = self._attachment()
        is_packed = attachment.mimetype in ("application/zip", "application/gzip")
        limit = AT_ONCE_BYTES // (20 if is_packed else 1)
        return attachment.file_size <= limit

    def action_import(self):
        self.ensure_one()
        self.check_access("write")
        if self.state != "preview":
            return True
        if self.confirm or self.accept_excess:
            self.env["credit.relation"]._check_reviewer()
        if self.cut_text and not self.accept_cut:
            raise UserError(
                self.env._(
                    "The file breaks off: %(where)s. What belongs together may be "
                    "missing, so nothing is imported. Get the whole file, or tick "
                    "“Import the Complete Rows”.",
                    where=self.cut_text,
                )
            )
        self._begin("importing", "apply")
        self._start(at_once=self.todo_count <= AT_ONCE_ROWS)
        return True

    def _begin(self, state, step, **vals):
        """The work is done with the rights of whoever asked for it."""
        self._move(
            state=state, step=step, is_stopped=False, user_id=self.env.uid, **vals
        )

    def _start(self, at_once):
        if not at_once:
            # sudo: starting the scheduler is part of the import
            self.env.ref("group_credit.ir_cron_relation_import").sudo()._trigger()
            return
        try:
            self._work()
        except BadFile as error:
            raise UserError(self._bad_file_text(error)) from None

    def action_stop(self):
        self.check_access("write")
        running = self.filtered(lambda job: job.state in ("reading", "importing"))
        running._move(is_stopped=True)
        return True

    def action_resume(self):
        self.check_access("write")
        self._move(is_stopped=False)
        self._start(at_once=False)
        return True

    def action_compare(self):
        """Compares the rows anew, after somebody chose the right partner of a party."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "preview":
            # sudo: the import keeps its own books
            job = self.sudo()
            job.line_ids.unlink()
            job.write({"state": "reading", "step": "lines"})
            self._start(at_once=self.row_total <= AT_ONCE_ROWS)
        return True

    def action_refresh(self):
        """Loads the form anew: what the scheduler did meanwhile shows."""
        return True

    def action_back(self):
        self.ensure_one()
        self.check_access("write")
        if self.state in ("preview", "failed"):
            # sudo: the import keeps its own books
            job = self.sudo()
            job.line_ids.unlink()
            job.write(
                {
                    "state": "upload",
                    "file_format": "auto",
                    "cut_text": False,
                    "accept_cut": False,
                    "error": False,
                }
            )
        return True

    @api.model
    def _cron_work(self):
        """One slice of the oldest import that waits."""
        waiting = Domain("state", "in", ["reading", "importing"]) & Domain(
            "is_stopped", "=", False
        )
        job = self.search(waiting, order="id", limit=1)
        if job:
            user = job.user_id
            mine = job.with_user(user).with_context(
                lang=user.lang, allowed_company_ids=user.company_ids.ids
            )
            try:
                mine._work(time.monotonic() + SLICE)
            except OperationalError:
                # somebody stopped or changed it at the same moment: next run
                self.env.cr.rollback()
            except Exception as error:
                self.env.cr.rollback()
                if not isinstance(error, BadFile):
                    _logger.exception("Import %s of control relations failed", job.id)
                job._fail(error)
        self.env["ir.cron"]._commit_progress(remaining=self.search_count(waiting))

    def _fail(self, error):
        is_bad_file = isinstance(error, BadFile)
        text = self._bad_file_text(error) if is_bad_file else str(error)
        self.write({"state": "failed", "error": text})

    def _work(self, deadline=float("inf")):
        """The steps from where the import stands, until it is done or time is over."""
        while self.state in ("reading", "importing") and self._goes_on(deadline):
            getattr(self, f"_step_{self.step}")(deadline)

    def _goes_on(self, deadline):
        return not self.is_stopped and time.monotonic() < deadline

    def _checkpoint(self, count):
        """End of a batch: what is done stays done, and its memory is free again."""
        if self.env.context.get("ir_cron_progress_id"):
            # more may come: the scheduler is told the truth at the end of its slice
            self.env["ir.cron"]._commit_progress(count, remaining=1)
        self.env.invalidate_all()

    def _move(self, **vals):
        # sudo: the import moves its own state
        self.sudo().write(vals)

    def _step_parties(self, deadline):
        position, rows, cut = self.position, self.row_total, []
        with self._open() as content:
            records = self._until_cut(self._records(content), cut)
            records = (r for r in records if r.position > position)
            for batch in self._batches(records):
                parties = [r for r in batch if isinstance(r, Party)]
                rows += len(batch) - len(parties)
                self.env["credit.party"]._stage(self, parties)
                self._checkpoint(len(batch))
                if not self._goes_on(deadline):
                    self._move(position=batch[-1].position, row_total=rows)
                    return
        self._move(
            step="match", position=0, row_total=rows, cut_text=self._cut_text(cut)
        )

    @api.model
    def _until_cut(self, records, cut):
        """The records up to where the file breaks off, which is left in ``cut``."""
        try:
            yield from records
        except FileCut as error:
            cut.append(error)

    @api.model
    def _batches(self, records):
        """Lists of about BATCH records; what one record of the file says stays
        together."""
        batch = []
        for record in records:
            if len(batch) >= BATCH and batch[-1].position != record.position:
                yield batch
                batch = []
            batch.append(record)
        if batch:
            yield batch

    def _cut_text(self, cut):
        if not cut:
            return False
        return self.env._(
            "after record %(position)s (%(detail)s)",
            position=cut[0].position,
            detail=cut[0].detail,
        )

    def _step_match(self, deadline):
        # sudo: the import keeps its own books
        parties = self.env["credit.party"].sudo()
        waiting = parties._to_match_domain(self) & Domain("id", ">", self.position)
        ids = parties.search(waiting, order="id").ids
        for batch in split_every(BATCH, ids, parties.browse):
            batch._match(self)
            self._checkpoint(len(batch))
            if not self._goes_on(deadline):
                self._move(position=batch.ids[-1])
                return
        self._move(step="lines")

    def _step_lines(self, deadline):
        Line = self.env["credit.relation.import.line"]
        last = Line.search([("import_id", "=", self.id)], order="row desc", limit=1)
        done = last.row
        with self._open() as content:
            records = self._until_cut(self._records(content), [])
            rows = (
                r for r in records if r.position > done and not isinstance(r, Party)
            )
            for batch in self._batches(rows):
                Line._stage(self, batch)
                self._checkpoint(len(batch))
                if not self._goes_on(deadline):
                    return
        self._move(state="preview", step=False)

    def _step_apply(self, deadline):
        Line = self.env["credit.relation.import.line"]
        for ids in Line._lots(self):
            Line.browse(ids)._apply(self)
            self._checkpoint(len(ids))
            if not self._goes_on(deadline):
                return
        self._move(state="done", step=False)
