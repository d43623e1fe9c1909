from . import resource_calendar_import
