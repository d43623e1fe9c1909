from . import credit_relation_import
from . import credit_relation_import_line
