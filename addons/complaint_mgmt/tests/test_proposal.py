from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestProposal(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._create(**cls._answered())

    def propose(self, user=None, **values):
        return (
            self.env["complaint.proposal"]
            .with_user(user or self.handler)
            .create(
                {
                    "case_id": self.case.id,
                    "remedy_ids": self.repair.ids,
                    "amount": 300,
                    "text": "A new screen.",
                    **values,
                }
            )
        )

    def test_from_proposal_to_reply(self):
        proposal = self.propose()
        with self.refused(ValidationError, "not approved"):
            self._move(self.case.with_user(self.handler), "callback")
        proposal.approval_submit()
        with self.refused(UserError, "under approval"):
            proposal.amount = 1
        with self.assertRaises(UserError):
            proposal.with_user(self.handler).approval_approve()
        proposal.with_user(self.manager).approval_approve("Fine")
        self.assertEqual(proposal.approval_state, "approved")
        self.assertEqual(self.case.remedy_given_ids, self.repair)
        self._move(self.case.with_user(self.handler), "callback")
        with self.refused(UserError, "is approved"):
            proposal.amount = 1

    def test_large_amounts_need_two(self):
        proposal = self.propose(amount=5000)
        proposal.approval_submit()
        proposal.with_user(self.manager).approval_approve()
        self.assertEqual(proposal.approval_state, "pending")
        proposal.with_user(self.admin).approval_approve()
        self.assertEqual(proposal.approval_state, "approved")

    def test_four_eyes(self):
        proposal = self.propose(user=self.manager)
        proposal.approval_submit()
        with self.assertRaises(UserError):
            proposal.with_user(self.manager).approval_approve()

    def test_never_whoever_is_complained_about(self):
        proposal = self.propose()
        self.case.respondent_ids = self.manager.employee_ids
        proposal.approval_submit()
        with self.assertRaises(UserError):
            proposal.with_user(self.manager).approval_approve()
        with self.assertRaises(AccessError):
            proposal.with_user(self.manager).read(["amount"])
        self.assertFalse(
            self.env["complaint.proposal"].with_user(self.manager).search([])
        )

    def test_what_a_proposal_needs(self):
        self.case.liability = False
        proposal = self.propose(text=" ", remedy_ids=False)
        with self.refused(UserError, "liability.*in words.*gets"):
            proposal.approval_submit()

    def test_who_proposes(self):
        with self.assertRaises(AccessError):
            self.propose(user=self.agent)
        self._move(self.case, "ended", end_reason="withdrawn", end_note="Told us so")
        with self.refused(UserError, "is closed"):
            self.propose()
