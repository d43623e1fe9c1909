from . import test_change
from . import test_concurrency
from . import test_fuzz
from . import test_tour
