from . import day_board
from . import res_partner
