from stdnum.cn import uscc

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ..engine.records import PERSON, STATE, UNKNOWN
from ..engine.tabular import name_key
from .bulk import insert
from .res_partner import SHARED

BATCH = 1000


class CreditParty(models.Model):
    """Whom a source means, and which partner that is.

    Kept after the import: a person without any number is known again by the ID that
    the source gives him, and a wrong match corrected once stays corrected.
    """

    _name = "credit.party"
    _description = "Party at a Source"
    _order = "name, id"

    scheme = fields.Selection(
        [("table", "Table"), ("bods", "BODS"), ("gleif", "GLEIF")], required=True
    )
    ref = fields.Char("ID at the Source", required=True)
    name = fields.Char()
    name_key = fields.Char(index="btree_not_null")
    kind = fields.Selection(
        [
            ("entity", "Legal Entity"),
            ("person", "Natural Person"),
            ("arrangement", "Arrangement"),
            ("state", "State Body"),
            ("unknown", "Unknown or Not Published"),
        ]
    )
    lei = fields.Char("LEI")
    code = fields.Char("Registration Number")
    country = fields.Char("Country Code")
    partner_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="set null",
        help="Correct it here where an import took the wrong one.",
    )
    match_count = fields.Integer(
        "Partners Found", help="More than one: nobody can tell which one is meant."
    )
    matched_by = fields.Selection(
        [
            ("lei", "LEI"),
            ("code", "Registration Number"),
            ("name", "Name"),
            ("created", "Newly Created"),
            ("manual", "Chosen by Hand"),
        ],
        readonly=True,
    )
    import_id = fields.Many2one(
        "credit.relation.import",
        string="Last Import",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    company_id = fields.Many2one("res.company", index=True, readonly=True)

    # An import finds the parties it has met before, by the thousand: their ID leads.
    _ref_uniq = models.UniqueIndex(
        "(ref, scheme, COALESCE(company_id, 0))",
        "There is already a party with this ID at this source.",
    )

    @api.depends("name", "lei", "ref")
    def _compute_display_name(self):
        for party in self:
            party.display_name = party.name or party.lei or party.ref

    def write(self, vals):
        if not self.env.su:
            if set(vals) - {"partner_id"}:
                raise AccessError(
                    self.env._(
                        "What a source says about a party is not edited; only its "
                        "partner can be chosen."
                    )
                )
            if "importing" in self.import_id.mapped("state"):
                raise UserError(
                    self.env._(
                        "The import that uses this party is running. Stop it, or wait "
                        "until it is done."
                    )
                )
            vals = {**vals, "matched_by": "manual", "match_count": 1}
        return super().write(vals)

    # Reading

    @api.model
    def _scope(self, job):
        return Domain("company_id", "=", job.company_id.id) & Domain(
            "scheme", "=", job.file_format
        )

    @api.model
    def _by_ref(self, job, refs):
        # sudo: an import keeps its own books; what it may do with partners and
        # relations is checked there
        found = self.sudo().search(self._scope(job) & Domain("ref", "in", list(refs)))
        return {party.ref: party for party in found}

    @api.model
    def _stage(self, job, records):
        """Keep the parties of a file; what it does not say of them stays as it was."""
        wanted = {}
        for record in records:
            vals = wanted.setdefault(record.ref, {})
            for name in ("kind", "name", "lei", "code", "country"):
                if value := getattr(record, name):
                    vals[name] = value
            if record.name:
                vals["name_key"] = name_key(record.name)
        known = self._by_ref(job, wanted)
        base = {"scheme": job.file_format, "company_id": job.company_id.id}
        last = {"import_id": job.id}
        new = []
        for ref, vals in wanted.items():
            if ref not in known:
                new.append(base | last | {"ref": ref} | vals)
                continue
            changed = {n: v for n, v in vals.items() if known[ref][n] != v}
            known[ref].write(changed | last)
        # sudo: as above
        insert(self.sudo(), new)

    # Matching

    @api.model
    def _to_match_domain(self, job):
        """The parties of the file without a partner; those of a table by every import
        anew, because there a name is all that is known."""
        mine = Domain("import_id", "=", job.id)
        if job.file_format == "table":
            return mine & Domain("matched_by", "not in", ["manual"])
        return mine & Domain("partner_id", "=", False)

    def _match(self, job):
        """Find the partner of each party, in the same few queries for any number."""
        by_code, by_name = self._candidates(job)
        twins = self._twins(job)
        for party in self:
            found, how = self.env["res.partner"], False
            for how, key in (("lei", party.lei), ("code", party.code)):
                found = by_code.get((how, key)) if key else found
                if found:
                    break
            if not found and job.file_format == "table":
                found, how = by_code.get(("code", party.name)), "code"
            if not found and party.name_key not in twins:
                named = by_name.get(party.name_key, self.env["res.partner"])
                found, how = named.filtered(party._may_be), "name"
            vals = {
                "partner_id": found.id if found and len(found) == 1 else False,
                "matched_by": how if found and len(found) == 1 else False,
                "match_count": len(found or ()),
            }
            now = (party.partner_id.id, party.matched_by, party.match_count)
            if now != tuple(vals.values()):
                party.write(vals)

    def _may_be(self, partner):
        """Whether nothing but the name would speak against ``partner``."""
        if self.kind and (self.kind == PERSON) == partner.is_company:
            return False
        if self.kind in (False, PERSON):
            return True
        for mine, theirs in (
            (self.lei, partner.credit_lei),
            (self.code, partner.company_registry),
            (self.country, partner.country_id.code),
        ):
            if mine and theirs and mine != theirs:
                return False
        return True

    def _twins(self, job):
        """Names that several parties of this source bear: these prove nothing."""
        names = set(self.mapped("name_key")) - {False}
        if job.file_format == "table" or not names:
            return set()
        groups = self._read_group(
            self._scope(job) & Domain("name_key", "in", list(names)),
            ["name_key"],
            having=[("__count", ">", 1)],
        )
        return {name for (name,) in groups}

    def _candidates(self, job):
        # the user's own rights: whom he may not see, his import does not touch
        Partner = job.env["res.partner"]
        top = Domain("parent_id", "=", False) & Domain(
            "company_id", "in", [False, job.company_id.id or False]
        )
        leis = set(self.mapped("lei")) - {False}
        codes = set(self.mapped("code")) - {False}
        names = set(self.mapped("name")) - {False}
        if job.file_format == "table":
            codes |= names
        by_code, by_name = {}, {}
        for name, how, keys in (
            ("credit_lei", "lei", leis),
            ("company_registry", "code", codes),
            ("ref", "code", codes),
        ):
            for partner in Partner.search(top & Domain(name, "in", list(keys))):
                key = (how, partner[name])
                by_code[key] = by_code.get(key, Partner) | partner
        spellings = {spelling for n in names for spelling in self._spellings(n)}
        for partner in Partner.search(top & Domain("name", "in", list(spellings))):
            key = name_key(partner.name)
            by_name[key] = by_name.get(key, Partner) | partner
        return by_code, by_name

    @api.model
    def _spellings(self, name):
        """The name with brackets of either width."""
        narrow = name.replace("（", "(").replace("）", ")")
        return {name, narrow, narrow.replace("(", "（").replace(")", "）")}

    # Creating

    def _create_partners(self, job):
        """A partner for each party that has none."""
        missing = self.filtered(
            lambda p: not p.partner_id and not p.match_count and p.kind != UNKNOWN
        )
        codes = set(missing.mapped("country")) - {False}
        countries = {
            country.code: country.id
            for country in self.env["res.country"].search([("code", "in", list(codes))])
        }
        # the user's own rights; nobody needs a note in the chatter for each of them
        blank = job.env["res.partner"]._blank_partner()
        Partner = job.env["res.partner"].with_context(
            tracking_disable=True,
            mail_create_nosubscribe=True,
            credit_new_partner=SHARED,
        )
        for batch in split_every(BATCH, missing.ids, missing.browse):
            # as core imports partners: without looking for the fields that contacts
            # share with their company, partner by partner
            partners = Partner._load_records_create(
                [blank | party._prepare_partner(countries) for party in batch]
            )
            batch._note_created(partners)

    def _note_created(self, partners):
        """The partner of each party, in one statement for any number."""
        self.flush_recordset(["partner_id", "matched_by"])
        self.env.execute_query(
            SQL(
                "UPDATE credit_party SET partner_id = made.partner_id,"
                " matched_by = 'created'"
                " FROM unnest(%s::int[], %s::int[]) AS made (id, partner_id)"
                " WHERE credit_party.id = made.id RETURNING 1",
                self.ids,
                partners.ids,
            )
        )
        self.invalidate_recordset(["partner_id", "matched_by"])

    def _prepare_partner(self, countries):
        return {
            "name": self.display_name,
            "is_company": self.kind != PERSON,
            "company_registry": self.code if self._is_plausible_code() else False,
            "credit_lei": self.lei,
            "country_id": countries.get(self.country, False),
            "credit_is_state_body": self.kind == STATE,
            "company_id": False,
        }

    def _is_plausible_code(self):
        """Registers abroad and before 2015 use other numbers than the unified code,
        which the partner would refuse; the party keeps them."""
        if not self.code or self.kind == PERSON:
            return False
        is_old = len(self.code) == 15 and self.code.isdigit()
        if self.country == "CN" and is_old:
            return True
        if self.country == "CN" or (
            not self.country and len(uscc.compact(self.code)) == 18
        ):
            return uscc.is_valid(self.code)
        return True
