"""The settings: the document's middleware comes first."""

# settings.py
MIDDLEWARE = [
    'myproject.middleware.PeeweeConnectionMiddleware',
    # ... rest of middleware ...
    'django.middleware.common.CommonMiddleware',
]

ALLOWED_HOSTS = ['*']
ROOT_URLCONF = 'myproject.urls'
SECRET_KEY = 'of an example'
USE_TZ = True
