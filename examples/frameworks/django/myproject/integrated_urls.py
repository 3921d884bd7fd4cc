"""The URLs, with views that stream and that await."""

from django.urls import path
from myproject import views

urlpatterns = [
    path('notes', views.notes),
    path('stream', views.stream),
    path('async', views.count),
]
