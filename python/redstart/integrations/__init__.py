"""The connection of a web request, in each framework: one module for each, over one core.

``request_scope`` is the core; ``wsgi`` and ``asgi`` are the general integrations.
"""
