from . import (
    test_cron,
    test_engine,
    test_journey,
    test_milestone,
    test_performance,
    test_phase,
    test_planning,
    test_rpc,
    test_security,
    test_template,
    test_touchpoint,
    test_tour,
)
