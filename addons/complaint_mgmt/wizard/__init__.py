from . import complaint_case_merge
from . import complaint_case_reopen
from . import complaint_case_split
from . import complaint_clock_pause
