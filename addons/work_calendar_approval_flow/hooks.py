def uninstall_hook(env):
    """Changes protect their calendar, which may be deleted before the table is."""
    env.cr.execute("DELETE FROM resource_calendar_change")
