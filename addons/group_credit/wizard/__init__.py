from . import base_partner_merge
from . import credit_group_as_of
from . import credit_usage_booking
