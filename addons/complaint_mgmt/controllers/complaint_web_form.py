import time

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..engine import nonce
from .common import private


class ComplaintWebForm(http.Controller):
    def _company(self):
        company = request.env.company
        # sudo: whether the form is open is asked for a visitor
        if not company.sudo().complaint_web_form:
            raise request.not_found()
        return company

    def _secret(self):
        # sudo: the stamp is signed with the secret of the database
        parameters = request.env["ir.config_parameter"].sudo()
        return (parameters.get_param("database.secret") or "").encode()

    def _form(self, **values):
        stamp = nonce.make(self._secret(), int(time.time()))
        return private(
            request.render(
                "complaint_mgmt.complaint_web_form_page", {"stamp": stamp, **values}
            )
        )

    @http.route(
        "/complaint/new", auth="public", website=True, methods=["GET"], sitemap=False
    )
    def show(self, **_kwargs):
        self._company()
        return self._form(values={})

    @http.route(
        "/complaint/new",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
        max_content_length=4 * 1024 * 1024,
    )
    def send(self, **values):
        company = self._company()
        stamp = values.get("stamp") or ""
        thanks = {"thanks": True, "values": {}}
        # a machine fills in what people cannot see, and is too quick; it is thanked
        # like everybody else, so that it learns nothing
        if values.get("website") or not nonce.check(
            self._secret(), stamp, int(time.time())
        ):
            return self._form(**thanks)
        forms = request.env["complaint.web.form"]
        try:
            with request.env.cr.savepoint():
                form = forms._take_in(
                    company, values, request.httprequest.remote_addr or "", stamp
                )
                if form:
                    # after the limits: they cost nothing, a captcha service does
                    request.env["ir.http"]._verify_request_recaptcha_token("complaint")
        except UserError as error:
            return self._form(values=values, error=str(error))
        return self._form(**thanks)

    @http.route(
        "/complaint/form/confirm/<string:raw>",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        sitemap=False,
    )
    def confirm(self, raw, **_kwargs):
        form = request.env["complaint.web.form"]._find(raw)
        if not form:
            raise request.not_found()
        case = None
        if request.httprequest.method == "POST":
            case = form._open_case()
        return private(
            request.render(
                "complaint_mgmt.complaint_web_form_confirm",
                {
                    "form": form,
                    "case": case,
                    "url": f"/complaint/form/confirm/{raw}",
                },
            )
        )
