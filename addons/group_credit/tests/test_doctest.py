import doctest

from odoo.tests import BaseCase, tagged

from odoo.addons.group_credit.engine import records, signal, stream, tabular
from odoo.addons.group_credit.models import credit_reason, credit_relation


@tagged("post_install", "-at_install")
class TestDoctest(BaseCase):
    def test_examples_in_the_documentation(self):
        for module in (
            records,
            signal,
            stream,
            tabular,
            credit_relation,
            credit_reason,
        ):
            with self.subTest(module=module.__name__):
                result = doctest.testmod(module)
                self.assertTrue(result.attempted)
                self.assertFalse(result.failed)
