from . import base_partner_merge
from . import credit_group_as_of
from . import credit_line_as_of
from . import credit_line_as_of_row
from . import credit_usage_booking
from . import credit_application_opine
