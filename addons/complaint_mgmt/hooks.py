def uninstall_hook(env):
    """Uninstalled together with its calendar, a clock must not hold the calendar back:
    records go before tables."""
    env.cr.execute(
        "ALTER TABLE complaint_clock"
        " DROP CONSTRAINT IF EXISTS complaint_clock_calendar_id_fkey"
    )
