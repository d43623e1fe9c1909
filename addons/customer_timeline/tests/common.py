from unittest.mock import patch

from odoo.addons.customer_timeline.engine.timeline import Source


def told_contacts(env, *more):
    """Patch: the only events are the contacts of a partner, by when they were made."""
    Partner = type(env["res.partner"])
    contacts = Source(
        "contact",
        "Contacts",
        "res.partner",
        icon="fa-user",
        partner="parent_id",
        details=("type", "country_id", "function"),
        tone=lambda contact: "danger" if contact.color == 1 else "",
    )
    return patch.object(Partner, "_timeline_sources", lambda self: [contacts, *more])


def made(contacts, moments):
    """Have these contacts be made at these moments."""
    for contact, moment in zip(contacts, moments, strict=True):
        contact.env.cr.execute(
            "UPDATE res_partner SET create_date = %s WHERE id = %s",
            (moment, contact.id),
        )
    contacts.invalidate_recordset(["create_date"])
