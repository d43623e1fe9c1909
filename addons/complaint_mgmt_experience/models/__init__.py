from . import complaint_case
from . import cx_followup
from . import cx_journey
from . import cx_milestone
from . import cx_project
from . import cx_touchpoint
