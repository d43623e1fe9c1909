from . import complaint_case_reopen
