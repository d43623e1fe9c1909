from . import cx_phase_back, cx_touchpoint_skip
