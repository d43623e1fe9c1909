from . import credit_group_report
from . import credit_application_report
from . import credit_warning_report
