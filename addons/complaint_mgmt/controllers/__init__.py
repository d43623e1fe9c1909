from . import complaint_link
from . import complaint_portal
from . import complaint_web_form
