from . import approval_decide
from . import approval_decide_aspect
from . import approval_rule_check
from . import approval_rule_check_line
