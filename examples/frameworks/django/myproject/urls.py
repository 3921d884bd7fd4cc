"""The URLs."""

from django.urls import path
from myproject import views

urlpatterns = [path('notes', views.notes)]
