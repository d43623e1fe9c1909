from . import base_partner_merge
from . import credit_relation_import
from . import credit_relation_import_line
from . import credit_group_as_of
