from . import resource_calendar_change
from . import resource_calendar_change_line
from . import resource_calendar_exception
