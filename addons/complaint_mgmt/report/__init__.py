from . import complaint_form
from . import complaint_form_case
from . import complaint_form_part
from . import complaint_form_capa
