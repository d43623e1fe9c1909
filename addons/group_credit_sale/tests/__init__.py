from . import test_engine
from . import test_invoice
from . import test_order
from . import test_release
from . import test_tour
