"""Pages behind the links that a customer without an account gets.

Opening a link changes nothing: mail scanners and previews open links too.
"""

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .common import MAX_CONTENT, download, private, uploads


class ComplaintLink(http.Controller):
    def _token(self, raw, purpose):
        token = request.env["complaint.case.token"]._find(raw, purpose)
        if not token:
            raise request.not_found()
        return token

    def _page(self, token, raw, **values):
        case = token.case_id.with_context(lang=token.case_id.lang or request.env.lang)
        response = request.render(
            "complaint_mgmt.complaint_link_page",
            {
                "case": case,
                "purpose": token.purpose,
                "spent": bool(token.used_at),
                "base_url": f"/complaint/{token.purpose}/{raw}",
                "may_write": token.purpose == "view",
                "may_rate": token.purpose == "rate",
                **values,
            },
        )
        return private(response)

    @http.route(
        "/complaint/<any(view,confirm,rate):purpose>/<string:raw>",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def complaint_page(self, purpose, raw, **_kwargs):
        return self._page(self._token(raw, purpose), raw)

    @http.route(
        "/complaint/<any(view,confirm,rate):purpose>/<string:raw>/<string:act>",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
        max_content_length=MAX_CONTENT,
    )
    def complaint_act(self, purpose, raw, act, **values):
        token = self._token(raw, purpose)
        if act not in {"view": ("message",)}.get(purpose, (purpose,)):
            raise request.not_found()
        if token.used_at:
            return self._page(token, raw)
        case = token.case_id
        try:
            with request.env.cr.savepoint():
                if purpose == "view":
                    case._customer_says(values.get("text"), uploads())
                elif purpose == "confirm":
                    case._customer_confirms(
                        values.get("agrees") == "yes", values.get("text")
                    )
                else:
                    stars = values.get("stars") or ""
                    case._customer_rates(
                        int(stars) if stars.isdecimal() else 0, values.get("text")
                    )
                token._spend()
        except UserError as error:
            return self._page(token, raw, error=str(error))
        if purpose == "view":
            return private(request.redirect(f"/complaint/view/{raw}"))
        return self._page(token, raw)

    @http.route(
        "/complaint/view/<string:raw>/file/<int:file_id>",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def complaint_file(self, raw, file_id):
        files = self._token(raw, "view").case_id._customer_files()
        attachment = files.filtered(lambda file: file.id == file_id)
        if not attachment:
            raise request.not_found()
        return download(attachment)
