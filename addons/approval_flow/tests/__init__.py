from . import test_access
from . import test_engine
from . import test_flow
from . import test_lock
from . import test_rule
from . import test_time
