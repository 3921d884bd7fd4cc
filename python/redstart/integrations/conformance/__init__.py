"""Does an integration do what it should? A small application, a command that serves it, and a list of checks.

The checks ask the application over HTTP, under a real server and on a real database, and look at the database
meanwhile. They run under pytest: ``plugin`` is the plugin, ``suite`` has the class that a test module inherits from.

The application answers these routes, with JSON objects where nothing else is said. Its database is the one that
``DATABASE_URL`` names (`redstart.db_url`), its table is that of `application.Item`, which it makes when it starts:

===========================  ==========================================================================================
``GET /item/{id}``           a row: ``{"id": 1, "name": "seed 0", "in_use": 1}``, where ``in_use`` is how many
                             connections the pool has given out while the handler runs; 404 where there is no such row
``POST /item``               makes a row of ``{"name": "one"}``, and answers as above
``GET /mounted/item/{id}``   the same by an application that is mounted in the first one, or by its nearest relative
``GET /thread/{id}``         the same by a plain function that an asynchronous framework runs in a thread
``GET /count?name=``         ``{"count": 1}``: how many rows have this name
``GET /redirect``            a query, then a redirection to ``/item/1``
``GET /fail?name=``          begins a transaction, makes a row in it, leaves both open, and raises
``GET /middleware?fail=``    a middleware of the application, inside of the integration, queries; then as ``/item/1``;
                             with ``fail=1`` the middleware raises after the handler has answered
``GET /stream``              text, sent while the rows are read: a line for each row whose name begins with "seed",
                             `application.WIDTH` characters wide
``GET /background?name=``    ``{}``; makes a row after the answer was sent
``/websocket``               a WebSocket: makes a row for each text that comes, and sends its ``id``
``GET /slow?gate=``          a query, then waits until the gate is open, then a query: ``{"waited": true}``
``GET /transaction?name=&gate=&end=``  in a transaction: makes a row, counts the rows whose names begin with what stands
                             before the ``:`` of its name, waits until the gate is open, and then does what ``end``
                             says, ``commit`` or ``rollback``: ``{"seen": 1}``
``GET /gate?gate=``          ``{}``; opens a gate: all that wait at it go on
``GET /stats``               ``db.pool_stats()`` without its ``holders``, and ``gates``, a list with the name of a gate
                             for each request that waits there; does not query
===========================  ==========================================================================================

What is behind them need not be written again: ``blocking`` and ``awaited`` have it, so that the application only says
how its framework is told of routes. ``Served.lacks`` names what a framework does not have, with the reason.
"""
