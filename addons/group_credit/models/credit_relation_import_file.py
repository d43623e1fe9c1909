import io
from contextlib import contextmanager

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_list

from ..engine.bods import read_bods
from ..engine.gleif import read_gleif
from ..engine.records import BadFile
from ..engine.stream import open_file
from ..engine.tabular import (
    PARTY_COLUMNS,
    Table,
    match_headings,
    name_key,
    read_table,
)


class CreditRelationImport(models.Model):
    """The file of an import, as records."""

    _inherit = "credit.relation.import"

    def _attachment(self):
        # sudo: the attachment behind a field belongs to the field
        Attachment = self.env["ir.attachment"].sudo()
        return Attachment.search(
            Domain("res_model", "=", self._name)
            & Domain("res_field", "=", "file")
            & Domain("res_id", "=", self.id),
            limit=1,
        )

    @contextmanager
    def _open(self):
        attachment = self._attachment()
        if attachment.store_fname:
            raw = open(attachment._full_path(attachment.store_fname), "rb")
        else:
            raw = io.BytesIO(attachment.raw or b"")
        with raw:
            yield open_file(raw, attachment.file_size)

    def _records(self, content):
        return getattr(self, f"_read_{self.file_format}")(content)

    def _read_bods(self, content):
        return read_bods(content)

    def _read_gleif(self, content):
        return read_gleif(content)

    def _read_table(self, content):
        table = Table(content, self.encoding or "")
        columns = match_headings(table.headings, self._column_labels())
        if not {"holder", "held"} <= set(columns.values()):
            raise BadFile("headings", format_list(self.env, table.headings))
        return read_table(table, columns, self._kind_values())

    def _column_labels(self):
        labels = {}
        relation = self.env["credit.relation"]
        for name, info in relation.fields_get(attributes=["string"]).items():
            column = name.removesuffix("_id")
            column = column if column in PARTY_COLUMNS else name
            labels |= {name: column, info["string"]: column}
        return labels

    def _kind_values(self):
        field = self.env["credit.relation"]._fields["kind"]
        values = {name_key(key): key for key, _label in field.selection}
        for labels in (field.selection, field._description_selection(self.env)):
            values |= {name_key(label): key for key, label in labels}
        return values

    def _bad_file_text(self, error):
        texts = {
            "empty": self.env._(
                "The file has no rows. Check that the first sheet holds the table."
            ),
            "encoding": self.env._(
                "The file is not in the encoding chosen. Leave the encoding empty."
            ),
            "format": self.env._(
                "The file is neither a table (CSV, Excel) nor BODS 0.4 nor GLEIF level "
                "2, or not of the format chosen."
            ),
            "headings": self.env._(
                "The file needs a column for the holder and one for the company held "
                "(for example “Holder” and “Held Company”). Found: %(found)s.",
                found=error.detail,
            ),
            "bods_version": self.env._(
                "The file follows an older version of the Beneficial Ownership Data "
                "Standard. Get it in version 0.4."
            ),
            "doctype": self.env._(
                "The file carries a document type (DTD), which no file of the LEI "
                "system does. It may be forged: get it from its publisher."
            ),
            "too_large": self.env._(
                "The packed file grows beyond all measure when unpacked. It may be "
                "forged: get it from its publisher."
            ),
            "zip": self.env._("The zip file is damaged. Upload it again."),
            "zip_members": self.env._(
                "The zip file holds %(count)s files. Upload one of them.",
                count=error.detail,
            ),
        }
        return texts.get(error.code) or str(error)
