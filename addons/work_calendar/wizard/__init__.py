from . import resource_calendar_import
from . import resource_calendar_import_line
from . import resource_calendar_known_until
