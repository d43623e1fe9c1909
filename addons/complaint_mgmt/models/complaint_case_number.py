from odoo import fields, models
from odoo.tools import SQL


class ComplaintCase(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.case"

    def _fill_numbers(self, vals_list):
        """Give every new complaint its number, those of a company at once."""
        companies = {}
        for vals in vals_list:
            if not vals.get("number"):
                companies.setdefault(vals["company_id"], []).append(vals)
        for company_id, missing in companies.items():
            numbers = self._next_numbers(company_id, len(missing))
            for vals, number in zip(missing, numbers, strict=True):
                vals["number"] = number

    def _next_numbers(self, company_id, count):
        company = self.env["res.company"].browse(company_id)
        sequences = self.env["ir.sequence"].with_company(company)
        numbers = [sequences.next_by_code("complaint.case")]
        if count == 1:
            return numbers
        # sudo: whoever registers takes numbers, and need not read sequences
        sequence = sequences.sudo().search(
            [
                ("code", "=", "complaint.case"),
                ("company_id", "in", [company_id, False]),
            ],
            order="company_id",
            limit=1,
        )
        counter, name = sequence, f"ir_sequence_{sequence.id:03d}"
        if sequence.use_date_range:
            today = fields.Date.today()  # as the sequence itself reckons
            counter = sequence.date_range_ids.filtered(
                lambda span: span.date_from <= today <= span.date_to
            )[:1]
            name += f"_{counter.id:03d}"
            sequence = sequence.with_context(ir_sequence_date_range=counter.date_from)
        if sequence.implementation != "standard" or not counter:
            # without gaps means one after the other
            return numbers + [
                sequences.next_by_code("complaint.case") for _index in range(count - 1)
            ]
        rows = self.env.execute_query(
            SQL("SELECT nextval(%s) FROM generate_series(2, %s)", name, count)
        )
        return numbers + [sequence.get_next_char(row[0]) for row in rows]
