from openpyxl import load_workbook

from odoo.tests import tagged
from odoo.tools.misc import file_open

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestImport(ComplaintCommon):
    def _import(self, user, language):
        """Load the template as the import screen does, which goes by the headings."""
        cases = self.env["complaint.case"].with_user(user).with_context(lang=language)
        path = cases.get_import_templates()[0]["template"]
        with file_open(path.lstrip("/"), "rb") as template:
            sheet = load_workbook(template).active
            head, *rows = [[str(value or "") for value in row] for row in sheet.values]
        labels = {
            field["string"]: name
            for name, field in cases.fields_get(attributes=["string"]).items()
            if name not in ("name", "message_ids")
        }
        labels[cases.fields_get(["name"])["name"]["string"]] = "name"
        return cases.load([labels[heading] for heading in head], rows)

    def test_templates(self):
        """The headings are those of the fields, and the examples import as they are."""
        self.env["res.lang"]._activate_lang("zh_CN")
        for language in ("en_US", "zh_CN"):
            with self.subTest(language=language):
                result = self._import(self.manager, language)
                self.assertFalse(result["messages"])
                made = self.env["complaint.case"].browse(result["ids"])
                self.assertEqual(len(made), 2)
                self.assertTrue(all(made.mapped("number")))
                self.assertEqual(
                    made[0].type_id,
                    self.env.ref("complaint_mgmt.complaint_type_delivery_damage"),
                )
                self.assertEqual(len(made[1].remedy_ids), 2)

    def test_old_dates_are_for_the_supervisor_in_an_import_too(self):
        result = self._import(self.agent, "en_US")
        self.assertFalse(result["ids"])
        self.assertIn("supervisor", result["messages"][0]["message"])
