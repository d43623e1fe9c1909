from .hours import HoursError, format_hours, parse_hours, subtract
from .holiday_file import FileError, Row, read_csv, read_ics
from .worktime import NoWorkingTimeError, WorkTime, WorkTimeError
