from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from .common import MAX_CONTENT, download, uploads


class ComplaintPortal(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "complaint_count" in counters:
            values["complaint_count"] = len(self._complaints())
        return values

    def _complaints(self):
        return request.env["complaint.case"]._of_customer(request.env.user)

    def _complaint(self, case_id):
        """The user's own complaint; all others do not exist."""
        case = self._complaints().filtered(lambda case: case.id == case_id)
        if not case:
            raise request.not_found()
        return case

    @http.route(
        ["/my/complaints", "/my/complaints/page/<int:page>"], auth="user", website=True
    )
    def portal_my_complaints(self, page=1, **_kwargs):
        cases = self._complaints()
        step = self._items_per_page
        pager = portal_pager(
            url="/my/complaints", total=len(cases), page=page, step=step
        )
        return request.render(
            "complaint_mgmt.portal_my_complaints",
            {
                "cases": cases[pager["offset"] : pager["offset"] + step],
                "pager": pager,
                "page_name": "complaint",
                "default_url": "/my/complaints",
            },
        )

    @http.route("/my/complaints/new", auth="user", website=True, methods=["GET"])
    def portal_new_complaint(self, **_kwargs):
        return self._complaint_form({})

    def _complaint_form(self, values, error=None):
        return request.render(
            "complaint_mgmt.portal_new_complaint",
            {"page_name": "complaint", "error": error, "values": values},
        )

    @http.route(
        "/my/complaints/new",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_CONTENT,
    )
    def portal_register_complaint(self, **values):
        try:
            with request.env.cr.savepoint():
                case = request.env["complaint.case"]._customer_registers(
                    request.env.user, values, uploads()
                )
        except UserError as error:
            return self._complaint_form(values, error=str(error))
        return request.redirect(f"/my/complaints/{case.id}")

    @http.route(
        "/my/complaints/<int:case_id>", auth="user", website=True, methods=["GET"]
    )
    def portal_my_complaint(self, case_id, **_kwargs):
        return self._complaint_page(case_id)

    def _complaint_page(self, case_id, error=None):
        return request.render(
            "complaint_mgmt.portal_my_complaint",
            {
                "case": self._complaint(case_id),
                "page_name": "complaint",
                "base_url": f"/my/complaints/{case_id}",
                "error": error,
                "may_write": True,
                "may_rate": True,
            },
        )

    @http.route(
        "/my/complaints/<int:case_id>/<string:act>",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_CONTENT,
    )
    def portal_act_on_complaint(self, case_id, act, **values):
        case = self._complaint(case_id)
        try:
            with request.env.cr.savepoint():
                if act == "message":
                    case._customer_says(values.get("text"), uploads())
                elif act == "rate":
                    stars = values.get("stars") or ""
                    case._customer_rates(
                        int(stars) if stars.isdecimal() else 0, values.get("text")
                    )
                else:
                    raise request.not_found()
        except UserError as error:
            return self._complaint_page(case_id, error=str(error))
        return request.redirect(f"/my/complaints/{case_id}")

    @http.route(
        "/my/complaints/<int:case_id>/file/<int:file_id>", auth="user", methods=["GET"]
    )
    def portal_complaint_file(self, case_id, file_id):
        files = self._complaint(case_id)._customer_files()
        attachment = files.filtered(lambda file: file.id == file_id)
        if not attachment:
            raise request.not_found()
        return download(attachment)
