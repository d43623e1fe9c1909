from . import cx_phase_back, cx_scorecard, cx_touchpoint_skip
