"""A Django project whose models are Redstart's."""
