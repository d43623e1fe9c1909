from .worktime import NoWorkingTimeError, WorkTime, WorkTimeError
