from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.group_credit.models.credit_line import DOOR
from odoo.addons.group_credit.tests.line_case import LineCase


@tagged("post_install", "-at_install")
class TestLineUse(LineCase):
    """Reserve, draw, repay, release, margin: exact, once, and only with room."""

    def tearDown(self):
        self.assertEven()
        super().tearDown()

    def test_a_revolving_line_comes_back_a_single_one_does_not(self):
        for revolving, expected in ((True, 1000), (False, 400)):
            name = f"R{revolving}"
            line = self.grant(1000, name, revolving=revolving)
            usage = self.use(name, 600)
            self.lines.repay("test", usage.origin_id, "r", 600)
            self.assertEqual(self.room(line), expected)
            self.assertEqual(line.outstanding, 0)

    def test_margin_takes_exposure_away(self):
        line = self.grant(1000, "A")
        acceptance = self.env.ref("group_credit.product_acceptance")
        self.use("A", 1000, margin=300, product_id=acceptance.id)
        line.invalidate_recordset()
        self.assertEqual((line.used, line.used_net, line.margin), (1000, 700, 300))
        other = self.grant(1000, "B")
        self.use("B", 1000, margin=1000)
        other.invalidate_recordset()
        self.assertEqual((other.used, other.used_net, other.used_low), (0, 0, 1000))
        with self.assertRefused("not enough room"):
            self.use("B", 1, margin=1)
        self.use("B", 1000)

    def test_margin_given_back_may_pass_the_limit_but_stops_drawing(self):
        line = self.grant(1000, "A", net_limit=700)
        usage = self.use("A", 1000, margin=300)
        lines = self.lines.with_user(self.users["officer"])
        lines.secure("test", usage.origin_id, "m", margin=-100)
        line.invalidate_recordset()
        self.assertEqual((line.used_net, line.over_limit), (800, True))
        with self.assertRefused("has only 200"):
            lines.secure("test", usage.origin_id, "m2", margin=-201)

    def test_regulatory_exposure(self):
        line = self.grant(1000, "A")
        guarantee = self.env.ref("group_credit.product_guarantee")
        usage = self.use("A", 1000, product_id=guarantee.id, margin=100)
        line.invalidate_recordset()
        self.assertEqual((line.used_net, line.regulatory), (900, 400))
        self.lines.repay("test", usage.origin_id, "r")
        line.invalidate_recordset()
        self.assertEqual((line.used_net, line.regulatory, line.margin), (0, 0, 0))

    def test_reserve_draw_release(self):
        line = self.grant(100, "A")
        doc = self.document()
        self.use("A", 60, "reserve", **doc)
        self.assertEqual(self.room(line), 40)
        self.use("A", 50, "draw", component="i1", **doc)
        line.invalidate_recordset()
        self.assertEqual((line.used, line.reserved), (50, 10))
        self.use("A", 20, "draw", component="i2", **doc)
        line.invalidate_recordset()
        self.assertEqual((line.used, line.reserved), (70, 0))
        with self.assertRefused("only 0.00|only 0 "):
            self.lines.release(**doc, component="x", amount=1)
        with self.assertRefused("only 70"):
            self.lines.repay(**doc, component="x", amount=71)

    def test_the_whole_path_is_taken_or_nothing(self):
        group = self.grant_group(100, "A", "B", allocation="shared")
        first = self.grant(100, "A", group)
        self.grant(100, "B", group)
        self.use("B", 60)
        with self.assertRefused("group has not enough room"):
            self.use("A", 60)
        (first | group).invalidate_recordset()
        self.assertEqual((first.reserved, first.used, group.used), (0, 0, 60))

    def test_two_in_one_batch(self):
        self.grant(100, "A")
        self.use("A", 60, "reserve")
        with self.assertRefused("not enough room"):
            self.use("A", 60, "reserve")

    def test_sent_twice_is_booked_once(self):
        line = self.grant(100, "A")
        doc = self.document()
        first = self.use("A", 60, **doc)
        self.assertEqual(self.use("A", 60, **doc), first)
        self.assertEqual(self.room(line), 40)
        with self.assertRefused("was booked before"):
            self.use("A", 61, **doc)

    def test_an_override_goes_beyond_the_limit(self):
        line = self.grant(100, "A")
        self.lines.sudo()._book_step(
            "reserve",
            partner_id=self.partner("A").id,
            amount=130,
            allowance=30,
            **self.document(component="1"),
        )
        line.invalidate_recordset()
        self.assertEqual(line.reserved, 130)
        with self.assertRefused("not enough room"):
            self.use("A", 1)

    def test_what_happened_anyhow_is_booked_and_stops_drawing(self):
        line = self.grant(100, "A")
        self.lines.sudo()._book_step(
            "draw",
            partner_id=self.partner("A").id,
            amount=150,
            guarded=False,
            **self.document(component="1"),
        )
        line.invalidate_recordset()
        self.assertEqual((line.used, line.drawable), (150, 0))

    def test_legal_entities_are_not_netted(self):
        group = self.grant_group(1000, "A", "B", allocation="shared")
        self.grant(1000, "A", group)
        self.grant(1000, "B", group)
        usage = self.use("A", 50)
        self.use("B", 100)
        with self.assertRefused("only 50"):
            self.lines.repay("test", usage.origin_id, "r", 100)
        self.lines.repay("test", usage.origin_id, "r", 50)
        group.invalidate_recordset()
        self.assertEqual(group.used, 100)

    def test_an_exchange_rate_may_pass_the_limit(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", usd.id)]).unlink()
        rate = self.env["res.currency.rate"].create(
            {
                "name": self.today,
                "currency_id": usd.id,
                "company_id": self.company.id,
                "rate": 1 / 7.0,
            }
        )
        line = self.grant(700, "A")
        usage = self.use("A", 100, currency_id=usd.id)
        self.assertEqual(self.room(line), 0)
        self.assertFalse(line.over_limit)
        rate.rate = 1 / 7.2
        self.lines._revalue()
        line.invalidate_recordset()
        self.assertEqual((line.used, line.over_limit), (720, True))
        self.lines.repay("test", usage.origin_id, "r")
        line.invalidate_recordset()
        self.assertEqual(line.used, 0)

    # Decisions

    def test_decisions(self):
        line = self.grant(100, "A")
        self.grant(0, "Prepaid")
        self.assertEqual(self.check("A", 50)["decision"], "ok")
        self.assertEqual(self.check("A", 90)["decision"], "warn")
        over = self.check("A", 101)
        self.assertEqual((over["decision"], over["available"]), ("approval", 100))
        self.assertEqual(self.check("Prepaid", 1)["decision"], "block")
        self.assertIn("in advance", self.check("Prepaid", 1)["reasons"][0])
        free = self.check("Nobody", 1)
        self.assertEqual((free["decision"], free["managed"]), ("ok", False))
        with self.assertRefused("no credit line"):
            self.use("Nobody", 1)
        line._record_event("freeze", reason="x")
        self.assertEqual(self.check("A", 1)["decision"], "block")
        self.assertNotRegex(over["reasons"][0], r"\d")

    def test_a_check_is_one_query_whatever_the_group(self):
        group = self.grant_group(100, "A", allocation="shared")
        self.grant(50, "A", group)
        self.check("A", 1)
        lines = self.lines.with_user(self.users["interface"])
        partner = self.partner("A").id
        self.env.flush_all()
        with self.assertQueryCount(1):
            lines.check(partner_id=partner, amount=1)

    def test_products(self):
        member = self.grant(100, "A")
        loan = self.env.ref("group_credit.product_loan")
        bonds = self.env.ref("group_credit.product_bonds")
        self.grant(40, "A", member, product_id=loan.id)
        self.use("A", 40, product_id=loan.id)
        with self.assertRefused("for the product has not enough room"):
            self.use("A", 1, product_id=loan.id)
        with self.assertRefused("no credit line for this product"):
            self.use("A", 1, product_id=bonds.id)

    # Wrong input

    def test_wrong_input_writes_nothing(self):
        self.grant(1000, "A")
        before = self.env["credit.usage"].search_count([])
        for amount in (-5, 0, float("nan"), "abc", "1e400", "1.005", None, True, []):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                self.use("A", amount)
        with self.assertRefused("no exchange rate"):
            self.use("A", 5, currency_id=self.env.ref("base.BRL").id)
        with self.assertRefused("There is no record"):
            self.use("A", 5, product_id=10**8)
        with self.assertRefused("in the future"):
            self.use("A", 5, date=str(self.today + relativedelta(days=1)))
        with self.assertRefused("is no date"):
            self.use("A", 5, date="yesterday")
        with self.assertRefused("Nothing is booked"):
            self.lines.repay("test", "never", "1", 5)
        with self.assertRefused("name the document"):
            self.use("A", 5, origin_id=None)
        self.assertEqual(self.env["credit.usage"].search_count([]), before)

    def test_a_closed_day_stays_closed(self):
        self.grant(1000, "A")
        yesterday = self.today - relativedelta(days=1)
        self.env["credit.proof"]._prove(yesterday)
        with self.assertRefused("is closed"):
            self.use("A", 5, date=str(yesterday))
        self.use("A", 5)

    def test_roles(self):
        self.grant(1000, "A")
        with self.assertRaises(AccessError):
            self.use("A", 5, user="sales")
        with self.assertRaises(AccessError):
            self.use("A", 5, user="viewer")
        with self.assertRaises(AccessError):
            self.check("A", 5, user="sales")
        self.assertEqual(self.check("A", 5, user="viewer")["decision"], "ok")
        with self.assertRaises(AccessError):
            self.lines.with_user(self.users["interface"]).search([]).read(["limit"])
        booking = (
            self.env["credit.usage.booking"]
            .with_user(self.users["officer"])
            .create(
                {
                    "line_id": self.lines.search([], limit=1, order="id desc").id,
                    "document": "LN1",
                    "amount": 10,
                    "currency_id": self.company.currency_id.id,
                }
            )
        )
        booking.action_book()
        booking.action_book()
        self.assertEqual(
            self.env["credit.usage"].search_count([("origin_id", "=", "LN1")]), 1
        )

    # Proof

    def test_a_difference_is_found_and_corrected_on_record(self):
        line = self.grant(1000, "A")
        self.use("A", 100)
        line.with_context(credit_door=DOOR).used = 90
        proof = self.env["credit.proof"]._prove(self.today - relativedelta(days=1))
        self.assertEqual((proof.state, proof.closed), ("different", False))
        self.assertEqual(proof.difference_ids.mapped("counter"), ["used"])
        with self.assertRaises(AccessError):
            proof.with_user(self.users["reviewer"]).action_repair()
        proof.with_user(self.users["manager"]).action_repair()
        line.invalidate_recordset()
        self.assertEqual(
            (line.used, proof.state, proof.closed), (100, "repaired", True)
        )
        self.assertIn("Correction", line.message_ids[0].body)
