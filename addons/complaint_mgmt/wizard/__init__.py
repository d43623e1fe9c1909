from . import complaint_capa_check
from . import complaint_case_link
from . import complaint_case_merge
from . import complaint_case_reopen
from . import complaint_case_split
from . import complaint_clock_pause
from . import complaint_assignment_word
