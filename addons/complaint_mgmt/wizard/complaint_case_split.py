from odoo import fields, models
from odoo.exceptions import UserError


class ComplaintCaseSplit(models.TransientModel):
    """One call, two matters: each goes to its own department."""

    _name = "complaint.case.split"
    _description = "Split a Complaint"

    case_id = fields.Many2one(
        comodel_name="complaint.case",
        string="Complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    name = fields.Char(string="Subject of the New Complaint", required=True)
    type_id = fields.Many2one(comodel_name="complaint.type", required=True)
    product_id = fields.Many2one(comodel_name="product.product")
    description = fields.Html(
        required=True, help="The part of the matter that is split off."
    )

    def action_split(self):
        self.ensure_one()
        origin = self.case_id
        origin.check_access("write")
        if origin.closed_at:
            raise UserError(
                self.env._(
                    "“%(case)s” is closed. Register a new complaint and enter this one "
                    "under “Follows”.",
                    case=origin.display_name,
                )
            )
        # sudo: the part keeps the times and the first contact of the whole, which
        # nobody may enter
        part = origin.sudo().create(
            {
                **origin._split_values(),
                "name": self.name,
                "type_id": self.type_id.id,
                "product_id": self.product_id.id,
                "description": self.description,
                "respondent_ids": [(6, 0, origin.respondent_ids.ids)],
                **({"confidential": True} if origin.confidential else {}),
                "confidant_ids": [(6, 0, origin.confidant_ids.ids)],
            }
        )
        for case, other in ((origin, part), (part, origin)):
            case.message_post(
                body=self.env._("Split: see also %(other)s.", other=other.display_name),
                subtype_xmlid="mail.mt_note",
            )
        part = part.with_env(self.env)
        if not part.has_access("read"):
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.act_window",
            "res_model": part._name,
            "res_id": part.id,
            "views": [(False, "form")],
        }
