"""For servers: the WSGI application, with the settings that DJANGO_SETTINGS_MODULE names."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'myproject.settings')
application = get_wsgi_application()
