from odoo import fields, models


class CreditHold(models.Model):
    """A use whose transaction is still under way: room is taken, the ledger row not yet
    committed. Gone as soon as the transaction ends, however it ends.

    Written and deleted by ``credit.line`` in short transactions of their own.
    """

    _name = "credit.hold"
    _description = "Use in Progress"
    _order = "id desc"
    _log_access = False

    token = fields.Char(
        required=True, index=True, help="The transaction, which locks this number."
    )
    line_id = fields.Many2one("credit.line", required=True, ondelete="cascade")
    path = fields.Char(required=True)
    kind = fields.Char(required=True)
    origin_model = fields.Char(required=True)
    origin_id = fields.Char(required=True)
    component = fields.Char(required=True)
    currency_id = fields.Many2one("res.currency", required=True)
    # What is taken from the limits until the ledger row counts.
    taken = fields.Float(digits=0)
    taken_net = fields.Float(digits=0)
    taken_low = fields.Float(digits=0)
    # What the step changes about the document, in its currency.
    doc_drawn = fields.Float(digits=0)
    doc_reserved = fields.Float(digits=0)
    doc_cover = fields.Float(digits=0)
    doc_cover_reserved = fields.Float(digits=0)
    rate = fields.Float(digits=0)
    ccf = fields.Float(digits=0)
    started_on = fields.Datetime(required=True)

    # Serves the look-up of what a document has under way.
    _origin_idx = models.Index("(origin_model, origin_id)")
