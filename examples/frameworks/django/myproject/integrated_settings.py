"""The settings with Redstart's integration."""

from myproject.settings import *

REDSTART_DATABASE = 'myproject.db.database'
REDSTART_REPORT = True
MIDDLEWARE = [
    'redstart.integrations.django.ConnectionMiddleware',
    'django.middleware.common.CommonMiddleware',
]
ROOT_URLCONF = 'myproject.integrated_urls'
