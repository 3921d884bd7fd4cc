"""Django with the document's middleware. Run it: `python examples/frameworks/django/app.py`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == '__main__':
    os.environ['DJANGO_SETTINGS_MODULE'] = 'myproject.settings'
    execute_from_command_line([sys.argv[0], 'runserver', '--noreload', os.environ.get('PORT', '8000')])
