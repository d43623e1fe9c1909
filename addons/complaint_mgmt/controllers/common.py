from odoo.http import request

#: Requests larger than this are refused before they are read: five files and the text.
MAX_CONTENT = 60 * 1024 * 1024


def uploads():
    """The files of the request: (name, content) pairs."""
    return [
        (upload.filename, upload.read())
        for upload in request.httprequest.files.getlist("files")
        if upload.filename
    ]


def private(response):
    """Links must neither be found nor handed on by the browser."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def download(attachment):
    """A file as a download: whatever it is, the browser does not run it."""
    stream = request.env["ir.binary"]._get_stream_from(attachment)
    response = stream.get_response(as_attachment=True)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return private(response)
