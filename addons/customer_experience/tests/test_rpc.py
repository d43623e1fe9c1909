from datetime import date

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import CxCommon


@tagged("post_install", "-at_install")
class TestRpc(CxCommon, HttpCase):
    """Nothing sent over the wire lifts a guard."""

    def refused(self, text, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        with mute_logger("odoo.http"):
            answer = self.url_open(
                "/web/dataset/call_kw", json={"jsonrpc": "2.0", "params": params}
            ).json()
        error = answer["error"]["data"]
        self.assertIn(text, f"{error['name']}: {error['message']}")

    def test_staff(self):
        self._milestone("web_live").date_planned = date(2026, 3, 3)
        touchpoint = self._touchpoints("A05")
        self.authenticate("cx_staff", "cx_staff")
        for context in (
            {},
            {"cx_engine": True},
            {"cx_engine": "<object object>", "tracking_disable": True},
        ):
            self.refused(
                "Evidence is missing",
                "cx.touchpoint",
                "write",
                touchpoint.ids,
                {"state": "done"},
                context=context,
            )
            self.refused(
                "only a customer manager",
                "cx.touchpoint",
                "write",
                touchpoint.ids,
                {"date_due": "2027-01-01"},
                context=context,
            )
        self.authenticate("cx_admin", "cx_admin")
        self.refused(
            "AccessError",
            "cx.touchpoint",
            "write",
            touchpoint.ids,
            {"log_ids": [[0, 0, {"date_old": "2026-03-02", "date_new": "2026-03-03"}]]},
        )
        self.authenticate("cx_staff", "cx_staff")
        self.refused("AccessError", "cx.phase", "write", self.phase.ids, {"name": "x"})
        for method in ("_plan", "_cron_plan", "_cron_ready", "_today"):
            self.refused("rivate", "cx.planner", method)
        self.assertEqual(touchpoint.state, "ready")
