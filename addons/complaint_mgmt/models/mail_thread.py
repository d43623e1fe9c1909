import logging

from odoo import api, models
from odoo.tools import email_normalize

from ..engine import mail as engine

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_parse(self, message, save_original=False):
        engine.mend_filenames(message)
        engine.mend_charsets(message)
        parsed = super().message_parse(message, save_original=save_original)
        # the database takes no NUL, and broken charsets bring some
        return {
            key: engine.without_nul(value) if isinstance(value, str) else value
            for key, value in parsed.items()
        }

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        """Let no machine open a complaint; bring mail home by the number it quotes."""
        routes = super().message_route(
            message, message_dict, model, thread_id, custom_values
        )
        if not any(self._opens_complaint(route) for route in routes):
            return routes
        case = self.env["complaint.case"]._find_by_mail_number(message_dict)
        case = case or self.env["complaint.case"]._find_flooded(message_dict)
        mark = engine.machine_mark(message, message_dict.get("subject") or "")
        allowed = mark and self._is_allowed_machine(message_dict)
        if mark and not case and not allowed:
            _logger.info(
                "Mail %s from %s opens no complaint: %s",
                message_dict.get("message_id"),
                message_dict.get("email_from"),
                mark,
            )
        kept = []
        for route in routes:
            if self._opens_complaint(route):
                if case:
                    route = (route[0], case.id, *route[2:])
                elif allowed:
                    route = (
                        *route[:2],
                        dict(route[2] or {}, from_machine=True),
                        *route[3:],
                    )
                elif mark:
                    continue
            kept.append(route)
        return kept

    def _detect_loop_sender(self, message, message_dict, routes):
        """A mail that goes onto a complaint answers nobody, so it can start no loop.

        Core throws mail beyond its limit away; here the limit only keeps further
        complaints from being opened, and nothing that a customer wrote is lost.
        """
        routes = [
            route
            for route in routes or []
            if route[0] != "complaint.case" or self._opens_complaint(route)
        ]
        return bool(routes) and super()._detect_loop_sender(
            message, message_dict, routes
        )

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Only an answer lets time limits run on, not a note of absence."""
        mark = engine.machine_mark(message, message_dict.get("subject") or "")
        self = self.with_context(complaint_mail_of_machine=bool(mark))
        return super()._message_route_process(message, message_dict, routes)

    @api.model
    def _opens_complaint(self, route):
        model, thread_id = route[:2]
        return model == "complaint.case" and not thread_id

    @api.model
    def _is_allowed_machine(self, message_dict):
        """A regulator's hotline sends its notices by machine, and they are complaints.

        Its address stands on the list of allowed senders that core keeps against loops.
        """
        sender = email_normalize(message_dict.get("email_from"))
        # sudo: the list of allowed senders is the administrators'
        allowed = self.env["mail.gateway.allowed"].sudo()
        return bool(
            sender
            and allowed.search_count([("email_normalized", "=", sender)], limit=1)
        )
