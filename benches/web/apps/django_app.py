"""Django with psycopg 3 and its pool, as a WSGI application."""

import os
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings

url = urlsplit(os.environ["BENCH_WEB_URL"])
settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="apps.django_app",
    MIDDLEWARE=[],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path[1:],
            "USER": url.username,
            "HOST": parse_qs(url.query)["host"][0],
            "PORT": parse_qs(url.query).get("port", ["5432"])[0],
            "OPTIONS": {"pool": {"min_size": 4, "max_size": 8}},
        }
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application
from django.db import models
from django.http import JsonResponse
from django.urls import path

from apps import constants


class Item(models.Model):
    name = models.TextField()
    price = models.FloatField()
    active = models.BooleanField()
    rank = models.IntegerField()

    class Meta:
        app_label = "bench"
        db_table = "item"
        managed = False


def as_dict(row):
    return {"id": row.id, "name": row.name, "price": row.price, "active": row.active, "rank": row.rank}


def constant(request, key):
    return JsonResponse(constants.row(key))


def all_constants(request):
    return JsonResponse(constants.rows(), safe=False)


def item(request, key):
    return JsonResponse(as_dict(Item.objects.get(pk=key)))


def items(request):
    return JsonResponse([as_dict(row) for row in Item.objects.order_by("id")[:20]], safe=False)


urlpatterns = [
    path("constant/<int:key>", constant),
    path("constants", all_constants),
    path("item/<int:key>", item),
    path("items", items),
]
app = get_wsgi_application()
