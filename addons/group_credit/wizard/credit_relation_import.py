import base64
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_list, split_every

from . import table_reader
from .relation_columns import HEADINGS, PARTNER_COLUMNS, READERS
from .table_reader import TableError, name_key, to_text

BATCH = 200


class CreditRelationImport(models.TransientModel):
    """Reads a file into rows, shows what each would do, then does it.

    A format is a value of ``file_format`` and a method ``_parse_<format>`` that
    returns row dictionaries (keys as in HEADINGS plus ``row``); everything after that
    is shared.
    """

    _name = "credit.relation.import"
    _description = "Import Control Relations"

    file_format = fields.Selection(
        [("table", "Table (CSV or Excel)")],
        string="Format",
        default="table",
        required=True,
    )
    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()
    encoding = fields.Selection(
        [("utf-8-sig", "UTF-8"), ("gb18030", "GB18030 (GBK)"), ("utf-16", "UTF-16")],
        help="Empty: recognised from the file.",
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
    create_partners = fields.Boolean(
        "Create Unknown Partners",
        help="Otherwise rows that name an unknown partner are rejected.",
    )
    confirm = fields.Boolean(
        "Confirm at Once",
        help="For reviewers. Otherwise the relations arrive as drafts.",
    )
    accept_excess = fields.Boolean(
        "Accept Holdings Above 100 %",
        help="Marks the companies whose holdings in this file add up to more than 100 "
        "%, so that "
        "the contradiction is kept instead of refused.",
    )
    state = fields.Selection(
        [("upload", "File"), ("preview", "Preview"), ("done", "Done")],
        default="upload",
        required=True,
    )
    line_ids = fields.One2many("credit.relation.import.line", "wizard_id")
    summary = fields.Char(compute="_compute_summary")
    todo_count = fields.Integer(compute="_compute_summary")
    relation_ids = fields.Many2many("credit.relation", string="Imported Relations")

    @api.depends("line_ids.status")
    def _compute_summary(self):
        for wizard in self:
            counts = Counter(wizard.line_ids.mapped("status"))
            wizard.todo_count = counts["new"] + counts["changed"]
            wizard.summary = self.env._(
                "%(new)s new, %(changed)s changed, %(unchanged)s unchanged, "
                "%(refused)s refused",
                new=counts["new"],
                changed=counts["changed"],
                unchanged=counts["unchanged"],
                refused=counts["rejected"],
            )

    # Parsing

    def _parse(self):
        return getattr(self, f"_parse_{self.file_format}")(base64.b64decode(self.file))

    def _parse_table(self, content):
        try:
            table = table_reader.read_table(content, self.encoding or None)
        except TableError as error:
            raise UserError(self._table_error_text(str(error))) from None
        columns = self._match_headings(table[0] if table else {})
        missing = [c for c in ("holder", "held") if c not in columns.values()]
        if missing:
            raise UserError(
                self.env._(
                    "The file needs a column for the holder and one for the company "
                    "held (for example "
                    "“Holder” and “Held Company”). Found: %(found)s.",
                    found=format_list(
                        self.env, [h for h in (table[0] if table else {}) if h != "#"]
                    ),
                )
            )
        return [
            {"row": line["#"]}
            | {name: line.get(heading, "") for heading, name in columns.items()}
            for line in table
        ]

    def _table_error_text(self, code):
        return {
            "empty": self.env._(
                "The file has no rows. Check that the first sheet holds the table."
            ),
            "encoding": self.env._(
                "The file is not in the encoding chosen. Leave the encoding empty."
            ),
            "format": self.env._(
                "The file is neither a CSV table nor an Excel workbook (xlsx)."
            ),
            "too_long": self.env._(
                "The file has more than %(rows)s rows. Split it.",
                rows=table_reader.MAX_ROWS,
            ),
        }[code]

    def _match_headings(self, first):
        known = {
            name_key(alias): name
            for name, aliases in HEADINGS.items()
            for alias in aliases
        }
        for name, info in (
            self.env["credit.relation"].fields_get(attributes=["string"]).items()
        ):
            column = (
                name.removesuffix("_id")
                if name.removesuffix("_id") in PARTNER_COLUMNS
                else name
            )
            if column in HEADINGS:
                known.setdefault(name_key(name), column)
                known.setdefault(name_key(info["string"]), column)
        columns = {}
        for heading in first:
            name = known.get(name_key(heading))
            if name and name not in columns.values():
                columns[heading] = name
        return columns

    # Preview

    def action_preview(self):
        self.ensure_one()
        rows = self._parse()
        partners = self._find_partners(rows)
        kinds = self._kind_values()
        lines = [self._prepare_line(row, partners, kinds) for row in rows]
        self._compare(lines)
        self.write(
            {
                "line_ids": [
                    Command.clear(),
                    *(Command.create(line) for line in lines),
                ],
                "state": "preview",
            }
        )
        return self._reopen()

    def _kind_values(self):
        field = self.env["credit.relation"]._fields["kind"]
        values = {name_key(key): key for key, _label in field.selection}
        for labels in (field.selection, field._description_selection(self.env)):
            values |= {name_key(label): key for key, label in labels}
        return values

    def _find_partners(self, rows):
        """All partners that the rows may mean, by key, in two queries whatever the
        length.
        """
        names, codes = set(), set()
        for row in rows:
            for column in PARTNER_COLUMNS:
                name = to_text(row.get(column))
                names |= {name, name.replace("（", "(").replace("）", ")")}
                names.add(name.replace("(", "（").replace(")", "）"))
                codes.add(to_text(row.get(f"{column}_code")))
        codes.discard("")
        names.discard("")
        Partner = self.env["res.partner"]
        top = Domain("parent_id", "=", False) & Domain(
            "company_id",
            "in",
            [False, self.company_id.id] if self.company_id else [False],
        )
        found = {}
        for partner in Partner.search(top & Domain("name", "in", list(names | codes))):
            found.setdefault(("name", name_key(partner.name)), Partner)
            found["name", name_key(partner.name)] |= partner
        by_code = Domain("ref", "in", list(names | codes)) | Domain(
            "company_registry", "in", list(codes | names)
        )
        for partner in Partner.search(top & by_code):
            for code in filter(None, {partner.ref, partner.company_registry}):
                found.setdefault(("code", code), Partner)
                found["code", code] |= partner
        return found

    def _resolve(self, row, column, partners):
        """(partner id or False, problem or False) of one named party of a row."""
        name, code = to_text(row.get(column)), to_text(row.get(f"{column}_code"))
        if not name and not code:
            return False, False
        match = (code and partners.get(("code", code))) or partners.get(("code", name))
        match = match or partners.get(("name", name_key(name)))
        if not match:
            return False, False
        if len(match) > 1:
            return False, self.env._(
                "%(count)s partners are called %(name)s. Give the registration number "
                "or the reference.",
                count=len(match),
                name=name or code,
            )
        return match.id, False

    def _prepare_line(self, row, partners, kinds):
        line = {
            "row": row["row"],
            "holder_name": to_text(row.get("holder"))
            or to_text(row.get("holder_code")),
            "held_name": to_text(row.get("held")) or to_text(row.get("held_code")),
            "status": "new",
            "reason": False,
        }
        values, problem = self._read_values(row, kinds)
        unknown = []
        for column in PARTNER_COLUMNS:
            name = to_text(row.get(column))
            partner_id, ambiguous = self._resolve(row, column, partners)
            problem = problem or ambiguous
            if partner_id:
                values[f"{column}_id"] = partner_id
            elif name:
                unknown.append(
                    {
                        "column": f"{column}_id",
                        "name": name,
                        "code": to_text(row.get(f"{column}_code")),
                        "person": column == "holder"
                        and self._is_person(row.get("holder_type")),
                    }
                )
            elif column != "grantor":
                problem = problem or self.env._(
                    "The holder or the company held is missing."
                )
        if unknown and not self.create_partners and not problem:
            problem = self.env._(
                "Unknown: %(names)s. Create the partner first, or tick “Create Unknown "
                "Partners”.",
                names=format_list(self.env, [u["name"] for u in unknown]),
            )
        if not problem:
            problem = (
                self.env["credit.relation"].new(values)._fact_problem()
                if not unknown
                else False
            )
        if problem:
            line.update(status="rejected", reason=problem)
        return {**line, "values": self._to_json(values), "unknown_names": unknown}

    @api.model
    def _is_person(self, text):
        text = to_text(text).lower()
        return "person" in text or "自然人" in text or "个人" in text

    def _read_values(self, row, kinds):
        values = {"source": self.source, "company_id": self.company_id.id}
        problem = False
        for name in HEADINGS:
            raw = row.get(name)
            if name in READERS:
                try:
                    value = READERS[name](raw)
                except ValueError:
                    problem = problem or self.env._(
                        "%(field)s: “%(value)s” cannot be read.",
                        field=self.env["credit.relation"]
                        ._fields[name]
                        ._description_string(self.env),
                        value=to_text(raw),
                    )
                    continue
                if value is not None:
                    values[name] = value
            elif name in ("source_ref", "note") and to_text(raw):
                values[name] = to_text(raw)
        kind = to_text(row.get("kind"))
        values["kind"] = kinds.get(name_key(kind), "") if kind else "equity"
        if not values["kind"]:
            values["kind"] = "equity"
            problem = problem or self.env._(
                "Basis: “%(value)s” is not one of the known ones.", value=kind
            )
        if "votes_min" in values or "votes_max" in values:
            values = {"votes_min": 0, "votes_max": 100, "is_range": True} | values
        if "equity_pct" in values:
            values.setdefault("votes_pct", values["equity_pct"])
        return values, problem

    @api.model
    def _to_json(self, values):
        return {
            name: fields.Date.to_string(value)
            if name in ("valid_from", "valid_to")
            else value
            for name, value in values.items()
        }

    def _compare(self, lines):
        """Sort the rows into new, changed and unchanged, by source ID, else by who
        holds what how.
        """
        Relation = self.env["credit.relation"].with_context(active_test=False)
        open_lines = [line for line in lines if line["status"] != "rejected"]
        held = {line["values"].get("held_id") for line in open_lines} - {None}
        refs = {line["values"].get("source_ref") for line in open_lines} - {None}
        known = Relation.search(
            Domain("company_id", "=", self.company_id.id)
            & (
                Domain("held_id", "in", list(held))
                | Domain("source_ref", "in", list(refs))
            )
        )
        by_ref = {(r.source, r.source_ref): r for r in known if r.source_ref}
        by_fact = {r._import_key(): r for r in known if not r.source_ref}
        seen = {}
        for line in open_lines:
            values = line["values"]
            ref = values.get("source_ref")
            key = ref or (
                line["holder_name"],
                line["held_name"],
                values["kind"],
                values.get("valid_from"),
            )
            if key in seen:
                line.update(
                    status="rejected",
                    reason=self.env._(
                        "The same relation as row %(row)s.", row=seen[key]
                    ),
                )
                continue
            seen[key] = line["row"]
            relation = (
                by_ref.get((values["source"], ref))
                if ref
                else by_fact.get(Relation.new(values)._import_key())
            )
            if relation:
                differences = relation._import_differences(values)
                line.update(
                    relation_id=relation.id,
                    status="changed" if differences else "unchanged",
                    reason="\n".join(differences),
                )

    # Import

    def action_import(self):
        self.ensure_one()
        if self.confirm or self.accept_excess:
            self.env["credit.relation"]._check_reviewer()
        lines = self.line_ids.filtered(lambda line: line.status in ("new", "changed"))
        self._create_unknown_partners(lines)
        if self.accept_excess:
            self._mark_excess(lines)
        for batch in split_every(
            BATCH, lines.ids, self.env["credit.relation.import.line"].browse
        ):
            self._import_batch(batch)
        self.state = "done"
        return self._reopen()

    def _create_unknown_partners(self, lines):
        wanted = {}
        for line in lines:
            for unknown in line.unknown_names or []:
                wanted.setdefault(name_key(unknown["name"]), unknown)
        Partner = self.env["res.partner"]
        created = Partner.create(
            [
                {
                    "name": unknown["name"],
                    "company_registry": unknown["code"] or False,
                    "is_company": not unknown["person"],
                    "company_id": False,
                }
                for unknown in wanted.values()
            ]
        )
        ids = dict(zip(wanted, created.ids, strict=True))
        for line in lines.filtered("unknown_names"):
            names = {u["column"]: ids[name_key(u["name"])] for u in line.unknown_names}
            line.write({"values": line.values | names, "unknown_names": []})

    def _mark_excess(self, lines):
        totals = Counter()
        for line in lines:
            if line.values["kind"] == "equity":
                totals[line.values["held_id"]] += line.values.get("equity_pct", 0)
        excess = self.env["res.partner"].browse(
            [held for held, total in totals.items() if total > 100]
        )
        excess.credit_holdings_unchecked = True

    def _import_batch(self, lines):
        """All rows at once; if one is refused, one by one, so that the others still
        arrive.
        """
        try:
            with self.env.cr.savepoint():
                self._import_lines(lines)
        except (UserError, ValidationError) as error:
            if len(lines) == 1:
                lines.write({"status": "rejected", "reason": str(error)})
                return
            for line in lines:
                self._import_batch(line)

    def _import_lines(self, lines):
        Relation = self.env["credit.relation"].with_context(mail_create_nolog=True)
        state = {"state": "confirmed"} if self.confirm else {}
        new = lines.filtered(lambda line: line.status == "new")
        created = Relation.create([line.values | state for line in new])
        for line, relation in zip(new, created, strict=True):
            line.relation_id = relation
        for line in lines - new:
            line.relation_id.write(line.values | state)
        self.relation_ids |= lines.relation_id

    def action_back(self):
        self.write({"state": "upload", "line_ids": [Command.clear()]})
        return self._reopen()

    def action_view_relations(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_relation_action"
        )
        return {
            **action,
            "domain": [("id", "in", self.line_ids.relation_id.ids)],
            "context": {},
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Import Control Relations"),
        }
