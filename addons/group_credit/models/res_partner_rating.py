from odoo import fields, models

# Best first; the order decides about “at least”.
RATINGS = [
    ("aaa", "AAA"),
    ("aa", "AA"),
    ("a", "A"),
    ("bbb", "BBB"),
    ("bb", "BB"),
    ("b", "B"),
    ("ccc", "CCC and Below"),
]


class ResPartner(models.Model):
    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.partner"

    credit_rating = fields.Selection(
        RATINGS,
        groups="group_credit.group_group_credit_viewer",
        tracking=True,
        help="The client's own rating. Incremental credit takes a least one.",
    )
