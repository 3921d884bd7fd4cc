"""A small Flask application on SQLite: users and what they say. `app` is the application, `demo` talks to it."""
