from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

#: Requests larger than this are refused before they are read: five photos and the text.
MAX_CONTENT = 60 * 1024 * 1024


class OwnerPortal(CustomerPortal):
    """My home: dates, documents, warranties, defects, surveys, visits.

    Whatever is not the user's own does not exist. Nothing changes on GET.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "home_count" in counters:
            values["home_count"] = len(self._homes())
        return values

    def _homes(self):
        return request.env["cx.journey"]._of_owner(request.env.user)

    def _home(self, journey_id):
        home = self._homes().filtered(lambda journey: journey.id == journey_id)
        if not home:
            raise request.not_found()
        return home

    def _defect(self, defect_id):
        defects = self._homes().defect_ids
        defect = defects.filtered(lambda defect: defect.id == defect_id)
        if not defect:
            raise request.not_found()
        return defect

    def _photos(self):
        return [
            (upload.filename, upload.read())
            for upload in request.httprequest.files.getlist("photos")
            if upload.filename
        ]

    @http.route("/my/homes", auth="user", website=True)
    def portal_my_homes(self, **_kwargs):
        return request.render(
            "customer_experience.portal_my_homes",
            {"homes": self._homes(), "page_name": "home_unit"},
        )

    @http.route("/my/homes/<int:journey_id>", auth="user", website=True)
    def portal_my_home_unit(self, journey_id, **_kwargs):
        home = self._home(journey_id)
        return request.render(
            "customer_experience.portal_my_home_unit",
            {"home": home, "page_name": "home_unit"},
        )

    @http.route(
        "/my/homes/<int:journey_id>/report",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        max_content_length=MAX_CONTENT,
    )
    def portal_report_defect(self, journey_id, **values):
        home = self._home(journey_id)
        error = ""
        if request.httprequest.method == "POST":
            try:
                with request.env.cr.savepoint():
                    defect = home._owner_reports(
                        values.get("title"),
                        values.get("room"),
                        values.get("description"),
                        values.get("is_urgent"),
                        self._photos(),
                    )
                return request.redirect(f"/my/defects/{defect.id}")
            except UserError as refusal:
                error = str(refusal)
        return request.render(
            "customer_experience.portal_report_defect",
            {"home": home, "values": values, "error": error, "page_name": "home_unit"},
        )

    @http.route("/my/defects/<int:defect_id>", auth="user", website=True)
    def portal_my_defect(self, defect_id, **_kwargs):
        return self._defect_page(self._defect(defect_id))

    def _defect_page(self, defect, **values):
        return request.render(
            "customer_experience.portal_my_defect",
            {
                "defect": defect,
                "home": defect.journey_id,
                "page_name": "home_unit",
                **values,
            },
        )

    @http.route(
        "/my/defects/<int:defect_id>/<any(accept,reject,photos):act>",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_CONTENT,
    )
    def portal_judge_repair(self, defect_id, act, **values):
        defect, owner = self._defect(defect_id), request.env.user.partner_id
        try:
            with request.env.cr.savepoint():
                if act == "accept":
                    defect._owner_accepts(owner)
                elif act == "reject":
                    defect._owner_sends_back(owner, values.get("reason"))
                else:
                    defect._owner_adds(self._photos())
        except UserError as refusal:
            return self._defect_page(defect, error=str(refusal))
        return request.redirect(f"/my/defects/{defect.id}")

    @http.route(
        "/my/defects/<int:defect_id>/photo/<int:photo_id>", auth="user", methods=["GET"]
    )
    def portal_defect_photo(self, defect_id, photo_id):
        photos = self._defect(defect_id).attachment_ids
        return self._send(photos.filtered(lambda photo: photo.id == photo_id))

    @http.route(
        "/my/homes/<int:journey_id>/document/<int:evidence_id>",
        auth="user",
        methods=["GET"],
    )
    def portal_home_document(self, journey_id, evidence_id):
        documents = self._home(journey_id)._owner_documents()
        document = documents.filtered(lambda evidence: evidence.id == evidence_id)
        if not document:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_stream_from(
            document, "file", filename=document.file_name or document.name
        )
        return self._harmless(stream.get_response(as_attachment=True))

    def _send(self, attachment):
        if not attachment:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_stream_from(attachment)
        is_picture = (attachment.mimetype or "").startswith("image/")
        is_picture = is_picture and "svg" not in attachment.mimetype
        return self._harmless(stream.get_response(as_attachment=not is_picture))

    def _harmless(self, response):
        """Whatever the file is, the browser does not run it."""
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response.headers["Cache-Control"] = "no-store"
        return response
