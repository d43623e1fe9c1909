from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..engine.detect import Labels
from ..engine.edge import HUNDRED
from .bulk import insert
from .credit_relation import DEFAULTS_GIVEN
from .relation_staging import PARTIES, Staging

# Rows that are written and committed together.
LOT = 1000


class CreditRelationImportLine(models.Model):
    _name = "credit.relation.import.line"
    _description = "Row of a Relation Import"
    _order = "import_id, row, id"
    _rec_name = "ref"

    import_id = fields.Many2one(
        "credit.relation.import", required=True, ondelete="cascade"
    )
    row = fields.Integer()
    record = fields.Char(help="The statement that the row is part of.")
    ref = fields.Char("Source ID")
    fact_key = fields.Char()
    stated_on = fields.Date()
    holder_party_id = fields.Many2one("credit.party", "Holder", ondelete="cascade")
    held_party_id = fields.Many2one("credit.party", "Held Company", ondelete="cascade")
    grantor_party_id = fields.Many2one("credit.party", "Grantor", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", ondelete="cascade")
    status = fields.Selection(
        [
            ("new", "New"),
            ("changed", "Changed"),
            ("unchanged", "Unchanged"),
            ("rejected", "Refused"),
            ("foreign", "Not Ours"),
        ],
        required=True,
    )
    reason = fields.Text("What Changes or Why Not")
    values = fields.Json(help="What the row would write.")
    relation_id = fields.Many2one(
        "credit.relation", ondelete="set null", index="btree_not_null"
    )
    is_applied = fields.Boolean("Done")

    # The preview counts and lists by status; the import takes what is still to do.
    _status_idx = models.Index("(import_id, status, is_applied)")
    # Reading finds an earlier statement of the same record, or of the same fact.
    _record_idx = models.Index("(import_id, record)")
    _fact_idx = models.Index("(import_id, fact_key)")

    @api.model
    def _stage(self, job, batch):
        """Compare a batch of records with what is known, and keep a row for each."""
        # sudo: the import keeps its own books, and compares with what its user may not
        # see; what he may change is checked when it is imported
        lines = self.sudo()
        insert(lines, list(Staging(job, lines, batch).rows()))

    # Importing

    @api.model
    def _lots(self, job):
        """The ids of the rows still to do, in lots of about LOT: rows that hang
        together through their parties are one lot, so that an import that is stopped
        or fails leaves no group half imported."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT id, holder_party_id, held_party_id, grantor_party_id
                     FROM credit_relation_import_line
                    WHERE import_id = %s AND status IN ('new', 'changed')
                      AND is_applied IS NOT TRUE
                 ORDER BY row, id""",
                job.id,
            )
        )
        lot = []
        for ids in self._components(rows).values():
            lot += ids
            if len(lot) >= LOT:
                yield lot
                lot = []
        if lot:
            yield lot

    @api.model
    def _components(self, rows):
        """The ids of rows that share parties, also through others."""
        number = {}
        labels = Labels(0)
        for _id, *parties in rows:
            for party in filter(None, parties):
                if party not in number:
                    number[party] = len(number)
                    labels.parent.append(number[party])
            ends = [number[party] for party in parties if party]
            for end in ends[1:]:
                labels.link(ends[0], end)
        components = {}
        for line_id, holder, *_others in rows:
            label = labels.find(number[holder]) if holder else ("alone", line_id)
            components.setdefault(label, []).append(line_id)
        return components

    def _apply(self, job):
        """Do what the rows say, with the rights of the import's user."""
        lines = self.sudo()  # sudo: the import keeps its own books
        parties = lines.holder_party_id | lines.held_party_id | lines.grantor_party_id
        if job.create_partners:
            parties._create_partners(job)
        self._complete_leis(job, parties)
        if job.accept_excess:
            lines._mark_excess(job)
        for start in range(0, len(lines), LOT):
            lines[start : start + LOT]._apply_batch(job)

    @api.model
    def _complete_leis(self, job, parties):
        """Partners found by number or name get the identifier they lacked."""
        for party in parties.filtered(lambda p: p.lei and p.partner_id):
            if not party.partner_id.credit_lei:
                partner = job.env["res.partner"].browse(party.partner_id.id)
                partner.credit_lei = party.lei

    def _mark_excess(self, job):
        totals = {}
        for line in self:
            if (line.values or {}).get("kind") == "equity":
                partner = line.held_party_id.partner_id
                share = line.values.get("equity_pct", 0)
                totals[partner.id] = totals.get(partner.id, 0) + share
        ids = [partner_id for partner_id, total in totals.items() if total > HUNDRED]
        job.env["res.partner"].browse(ids).credit_holdings_unchecked = True

    def _apply_batch(self, job):
        """All rows at once; if one is refused, halves, so that the others still
        arrive."""
        try:
            with self.env.cr.savepoint():
                self._apply_rows(job)
        except (UserError, ValidationError, AccessError) as error:
            if len(self) == 1:
                self.write(
                    {"status": "rejected", "reason": str(error), "is_applied": True}
                )
                return
            middle = len(self) // 2
            self[:middle]._apply_batch(job)
            self[middle:]._apply_batch(job)

    def _apply_rows(self, job):
        # the user's own rights; that a row was new is told by the import itself
        Relation = job.env["credit.relation"].with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True
        )
        extra = {"import_id": job.id}
        blank = Relation._add_missing_default_values({})
        if job.confirm:
            extra["state"] = "confirmed"
        about_partner = self.filtered("partner_id")
        for line in about_partner:
            job.env["res.partner"].browse(line.partner_id.id).write(line.values)
        relations = self - about_partner
        new = relations.filtered(lambda line: line.status == "new")
        created = Relation.with_context(
            tracking_disable=True, credit_new_relation=DEFAULTS_GIVEN
        ).create([blank | extra | line._final_values() for line in new])
        for line in relations - new:
            Relation.browse(line.relation_id.id).write(extra | line._final_values())
        (self - new).is_applied = True
        new._note_applied(created)

    def _note_applied(self, relations):
        """The relation of each new row, in one statement for any number."""
        self.flush_recordset(["relation_id", "is_applied"])
        self.env.execute_query(
            SQL(
                "UPDATE credit_relation_import_line line"
                " SET relation_id = made.relation_id, is_applied = TRUE"
                " FROM unnest(%s::int[], %s::int[]) AS made (id, relation_id)"
                " WHERE line.id = made.id RETURNING 1",
                self.ids,
                relations.ids,
            )
        )
        self.invalidate_recordset(["relation_id", "is_applied"])

    def _final_values(self):
        """The values with the partners that exist by now."""
        values = dict(self.values)
        for name in PARTIES:
            party = self[f"{name}_party_id"]
            if party:
                values[f"{name}_id"] = party.partner_id.id
        return values
