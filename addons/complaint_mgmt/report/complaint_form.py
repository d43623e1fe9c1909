from odoo import api, fields, models
from odoo.tools import format_amount, format_date, format_datetime, html2plaintext

# Fields that take a line of their own.
WIDE = ("html", "text")


class ComplaintForm(models.AbstractModel):
    """A printed form: sections of fields, as the reader may read them, and places to
    sign. Each form says what stands on it; one template prints them all."""

    _name = "complaint.form"
    _description = "Printed Form"

    _form_model = "complaint.case"

    @api.model
    def _form_title(self):
        raise NotImplementedError

    @api.model
    def _form_sections(self, record):
        """``[(title, record, field names)]``"""
        raise NotImplementedError

    @api.model
    def _form_signatures(self):
        return []

    @api.model
    def _form_case(self, record):
        return record if record._name == "complaint.case" else record.case_id

    @api.model
    def _get_report_values(self, docids, data=None):
        records = self.env[self._form_model].browse(docids)
        records.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": self._form_model,
            "docs": records,
            "forms": [self._form(record) for record in records],
            "printed": self.env._(
                "Printed on %(day)s by %(user)s",
                day=format_date(self.env, fields.Date.context_today(self)),
                user=self.env.user.name,
            ),
        }

    @api.model
    def _form(self, record):
        case = self._form_case(record)
        return {
            "title": self._form_title(),
            "number": case.number or "",
            # sudo: the name of the company is no secret
            "company": case.company_id.sudo().name,
            "confidential": case.confidential,
            "sections": [
                {"title": title, **self._form_rows(of, names)}
                for title, of, names in self._form_sections(record)
            ],
            "signatures": self._form_signatures(),
        }

    @api.model
    def _form_rows(self, record, names):
        """Short fields two a line, long ones below."""
        short, wide = [], []
        for name in names:
            field = record._fields[name]
            label = field._description_string(self.env)
            row = (label, self._form_text(record, name))
            (wide if field.type in WIDE else short).append(row)
        if len(short) % 2:
            short.append(("", ""))
        return {
            "pairs": [
                (*left, *right)
                for left, right in zip(short[::2], short[1::2], strict=True)
            ],
            "wide": wide,
        }

    @api.model
    def _form_text(self, record, name):
        field, value = record._fields[name], record[name]
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if not value:
            return ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type in ("many2one", "many2many"):
            # sudo: names, as the form on the screen shows them
            return ", ".join(value.sudo().mapped("display_name"))
        if field.type == "datetime":
            return format_datetime(self.env, value, dt_format="short")
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "monetary":
            currency = record[field.get_currency_field(record)]
            return format_amount(self.env, value, currency)
        if field.type == "html" and not html2plaintext(value).strip():
            return ""
        return value
