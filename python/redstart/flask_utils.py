"""Flask: the connection of a request, and pages of rows. Needs Flask, which Redstart does not."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

try:
    from flask import abort, render_template, request
except ImportError as error:
    raise ModuleNotFoundError("redstart.flask_utils needs Flask: pip install Flask", name="flask") from error

from redstart.database import Database
from redstart.db_url import connect
from redstart.model import Model
from redstart.proxy import Proxy
from redstart.query.selection import is_model

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask


def get_object_or_404(query_or_model: Any, *query: Any) -> Any:
    """Gives the one row that is asked for, or answers the request with 404.

    Args:
        query_or_model: The query, or a model.
        query: Conditions.
    """
    rows = query_or_model.select() if is_model(query_or_model) else query_or_model
    try:
        return rows.where(*query).get()
    except rows.model.DoesNotExist:
        abort(404)


def object_list(  # noqa: PLR0913, PLR0917 - peewee's arguments
    template_name: str,
    query: Any,
    context_variable: str = "object_list",
    paginate_by: int = 20,
    page_var: str = "page",
    page: int | None = None,
    check_bounds: bool = True,
    **kwargs: Any,
) -> str:
    """Renders a template with one page of rows.

    Beside the rows it gets ``pagination``, a `PaginatedQuery`, and ``page``, the number of the page.

    Args:
        template_name: The template.
        query: The query, or a model.
        context_variable: The template's name for the rows.
        paginate_by: The number of rows on a page.
        page_var: The query string's name for the number of the page.
        page: The number of the page; else the query string's.
        check_bounds: Whether a page beyond the last one is answered with 404.
        kwargs: What else the template gets.
    """
    pages = PaginatedQuery(query, paginate_by, page_var, page, check_bounds)
    kwargs[context_variable] = pages.get_object_list()
    return render_template(template_name, pagination=pages, page=pages.get_page(), **kwargs)


class PaginatedQuery:
    """The rows of a query by pages, one of which the request asks for."""

    def __init__(
        self,
        query_or_model: Any,
        paginate_by: int,
        page_var: str = "page",
        page: int | None = None,
        check_bounds: bool = False,
    ) -> None:
        """Makes the pages.

        Args:
            query_or_model: The query, or a model.
            paginate_by: The number of rows on a page.
            page_var: The query string's name for the number of the page.
            page: The number of the page; else the query string's.
            check_bounds: Whether a page beyond the last one is answered with 404.
        """
        self.query = query_or_model.select() if is_model(query_or_model) else query_or_model
        self.model = self.query.model
        self.paginate_by = paginate_by
        self.page_var = page_var
        self.page = page
        self.check_bounds = check_bounds
        self._page_count: int | None = None

    def get_page(self) -> int:
        """Gives the number of the page that is asked for; 1 where the query string has no number."""
        if self.page:
            return self.page
        asked = request.args.get(self.page_var) or ""
        return max(1, int(asked)) if asked.isdecimal() else 1

    def get_page_count(self) -> int:
        """Gives the number of pages."""
        count = self._page_count
        if count is None:
            rows: int = self.query.count()
            count = self._page_count = -(-rows // self.paginate_by)
        return count

    def get_page_range(self, page: int, total: int, show: int = 5) -> list[int]:
        """Gives the numbers of the pages around one, for links.

        Args:
            page: The page in the middle.
            total: The number of pages.
            show: How many numbers at most.
        """
        start = max(page - show // 2, 1)
        stop = min(start + show, total + 1)
        return list(range(max(min(start, stop - show), 1), stop))

    def get_object_list(self) -> Any:
        """Gives the query for the rows of the page, or answers the request with 404."""
        page = self.get_page()
        if self.check_bounds and page > self.get_page_count():
            abort(404)
        return self.query.paginate(page, self.paginate_by)


class FlaskDB:
    """A database whose connection is opened before each request and closed after it.

    The database is an argument or stands in the application's configuration under ``DATABASE`` (a
    database, a URL, or a dictionary with ``name`` and ``engine``) or ``DATABASE_URL``. Endpoints that
    ``FLASKDB_EXCLUDED_ROUTES`` names do without a connection.

    Example:
        >>> from flask import Flask
        >>> from redstart import CharField
        >>> from redstart.flask_utils import FlaskDB
        >>> app = Flask("shop")
        >>> app.config["DATABASE"] = "sqlite:///:memory:"
        >>> wrapper = FlaskDB(app)
        >>> class Product(wrapper.Model):
        ...     name = CharField()
        >>> Product._meta.database is wrapper.database
        True
    """

    def __init__(
        self,
        app: Flask | None = None,
        database: Any = None,
        model_class: type[Model] = Model,
        excluded_routes: Iterable[str] | None = None,
    ) -> None:
        """Makes the wrapper.

        Args:
            app: The application; else `init_app` gets it.
            database: The database, its URL, or a dictionary with ``name`` and ``engine``.
            model_class: What ``Model`` derives from.
            excluded_routes: Endpoints that do without a connection.
        """
        self.database: Any = None
        self.base_model_class = model_class
        self._app = app
        self._db = database
        self._model_class: Any = None
        self._excluded_routes = tuple(excluded_routes or ())
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Ties the database to an application.

        Args:
            app: The application.

        Raises:
            ValueError: Its configuration names no database.
            RuntimeError: What it says of the database is incomplete or wrong.
        """
        self._app = app
        routes = app.config.get("FLASKDB_EXCLUDED_ROUTES")
        if routes:
            self._excluded_routes = tuple(routes)
        given = self._db or app.config.get("DATABASE") or app.config.get("DATABASE_URL")
        if not given:
            message = "Missing required configuration data for database: DATABASE or DATABASE_URL."
            raise ValueError(message)
        database = _database(given)
        if isinstance(self.database, Proxy):
            self.database.initialize(database)
        else:
            self.database = database
        app.before_request(self.connect_db)
        app.teardown_request(self.close_db)

    def get_model_class(self) -> Any:
        """Makes a base class for models of this database, which may be named later."""
        if self.database is None:
            self.database = Proxy()
        meta = type("Meta", (), {"database": self.database})
        metaclass: Any = type(self.base_model_class)
        return metaclass("BaseModel", (self.base_model_class,), {"Meta": meta, "__module__": __name__})

    @property
    def Model(self) -> Any:  # noqa: N802 - peewee's name
        """The base class for models of this database."""
        if self._model_class is None:
            self._model_class = self.get_model_class()
        return self._model_class

    def connect_db(self) -> None:
        """Opens the connection of the request; a connection that was left open fails it."""
        if not self._is_excluded():
            self.database.connect()

    def close_db(self, exc: BaseException | None) -> None:
        """Closes the connection of the request.

        Args:
            exc: What the request failed with.
        """
        del exc
        if not self._is_excluded() and not self.database.is_closed():
            self.database.close()

    def _is_excluded(self) -> bool:
        # Where no route is, both methods may be called without a request.
        return bool(self._excluded_routes) and request.endpoint in self._excluded_routes


def _database(given: Any) -> Any:
    """Gives the database that an argument or the configuration names."""
    if isinstance(given, (Database, Proxy)):
        return given
    if not isinstance(given, dict):
        return connect(given)
    settings = dict(given)
    name, engine = settings.pop("name", None), settings.pop("engine", None)
    if not name or not engine:
        message = "DATABASE configuration must specify a `name` and `engine`."
        raise RuntimeError(message)
    return _engine_class(engine)(name, **settings)


def _engine_class(engine: str) -> type[Database]:
    """Gives the class that a dotted path names; without a dot, a class of this package."""
    module, _, name = engine.rpartition(".")
    try:
        found = getattr(importlib.import_module(module or "redstart"), name)
    except ImportError as error:
        message = f"Unable to import {engine}"
        raise RuntimeError(message) from error
    except AttributeError as error:
        message = f"Database engine not found {engine}"
        raise RuntimeError(message) from error
    if not (isinstance(found, type) and issubclass(found, Database)):
        message = f"Database engine not a subclass of peewee.Database: {engine}"
        raise RuntimeError(message)  # noqa: TRY004 - peewee's exception
    return found


__all__ = [
    "Database",
    "FlaskDB",
    "Model",
    "PaginatedQuery",
    "Proxy",
    "get_object_or_404",
    "object_list",
]
