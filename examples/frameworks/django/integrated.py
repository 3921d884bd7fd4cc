"""Django with Redstart's integration. Run it: `python examples/frameworks/django/integrated.py`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == '__main__':
    os.environ['DJANGO_SETTINGS_MODULE'] = 'myproject.integrated_settings'
    execute_from_command_line([sys.argv[0], 'runserver', '--noreload', os.environ.get('PORT', '8000')])
