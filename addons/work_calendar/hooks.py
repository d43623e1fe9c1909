def uninstall_hook(env):
    """Drop the sequence of version stamps, which no model owns."""
    env.cr.execute("DROP SEQUENCE IF EXISTS resource_calendar_version_seq")
