from . import credit_group_report
