from odoo import models


class CreditRelationImport(models.Model):
    """From an import to what it read and made."""

    # one model, in files of a readable size
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.relation.import"

    def action_view_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_relation_import_line_action"
        )
        status = self.env.context.get("import_status")
        return {
            **action,
            "domain": [("import_id", "=", self.id)],
            "context": {f"search_default_{status}": 1} if status else {},
        }

    def action_view_parties(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_party_action"
        )
        return {**action, "domain": [("import_id", "=", self.id)], "context": {}}

    def action_view_relations(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_relation_action"
        )
        return {**action, "domain": [("import_id", "=", self.id)], "context": {}}
