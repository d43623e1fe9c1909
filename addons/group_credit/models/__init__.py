from . import res_partner
from . import credit_relation
from . import credit_reason
from . import credit_identification
from . import credit_group
from . import credit_group_member
