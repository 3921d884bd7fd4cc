"""Flask: whose connection it is, and pages of rows."""

from __future__ import annotations

import pytest
from flask import Flask

from redstart import CharField, Model, OperationalError, SqliteDatabase
from redstart.flask_utils import FlaskDB, PaginatedQuery, get_object_or_404, object_list


def application(**config):
    app = Flask("shop")
    app.config.update(config)
    return app


@pytest.fixture
def shop(tmp_path):
    """Give an application with 25 products and routes for them."""
    (tmp_path / "page.html").write_text("{{ things|map(attribute='name')|join(' ') }} {{ page }} {{ extra }}")
    app = Flask("shop", template_folder=str(tmp_path))
    app.config.update(DATABASE=f"sqlite:///{tmp_path}/shop.db", FLASKDB_EXCLUDED_ROUTES=("closed",))
    wrapper = FlaskDB(app)

    class Product(wrapper.Model):
        name = CharField()

    with wrapper.database:
        wrapper.database.create_tables([Product])
        Product.insert_many([(str(number),) for number in range(1, 26)], fields=[Product.name]).execute()
    closed = wrapper.database.is_closed
    app.add_url_rule("/open", "open", lambda: str(closed()))
    app.add_url_rule("/closed", "closed", lambda: str(closed()))
    app.add_url_rule("/fails", "fails", lambda: 1 // 0)
    app.add_url_rule("/one/<name>", "one", lambda name: get_object_or_404(Product, Product.name == name).name)
    ordered = Product.select().order_by(Product.id)
    app.add_url_rule("/all", "all", lambda: object_list("page.html", ordered, "things", 10, extra="!"))
    return app, wrapper, Product


@pytest.mark.spec("PH-016")
def test_the_database_is_an_argument_or_stands_in_the_configuration():
    db = SqliteDatabase(":memory:")
    named = {"engine": "redstart.SqliteDatabase", "name": "x.db", "timeout": 3}
    assert FlaskDB(application(DATABASE="sqlite:///x.db"), db).database is db
    assert FlaskDB(application(DATABASE=db, DATABASE_URL="sqlite:///y.db")).database is db
    assert FlaskDB(application(DATABASE_URL="sqlite:///y.db")).database.database == "y.db"
    made = FlaskDB(application(DATABASE=named)).database
    assert (made.database, made.timeout) == ("x.db", 3)
    assert named["name"] == "x.db"


@pytest.mark.spec("PH-016")
@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (None, ValueError, "Missing required configuration data for database"),
        ({"name": "x.db"}, RuntimeError, "must specify a `name` and `engine`"),
        ({"name": "x.db", "engine": "redstart.Nope"}, RuntimeError, "Database engine not found redstart.Nope"),
        ({"name": "x.db", "engine": "no_such_module.Nope"}, RuntimeError, "Unable to import no_such_module.Nope"),
        ({"name": "x.db", "engine": "redstart.Model"}, RuntimeError, "not a subclass of peewee.Database"),
    ],
)
def test_what_names_no_database_is_refused(given, error, message):
    with pytest.raises(error, match=message):
        FlaskDB(application(DATABASE=given))


@pytest.mark.spec("PH-017")
def test_models_may_be_declared_before_the_application_is_known():
    wrapper = FlaskDB()

    class Product(wrapper.Model):
        name = CharField()

    db = SqliteDatabase(":memory:")
    wrapper.init_app(application(DATABASE=db))
    assert wrapper.Model is wrapper.Model
    assert issubclass(Product, Model)
    with db:
        Product.create_table()
        assert Product.create(name="x").id == 1


@pytest.mark.spec("PH-017")
def test_the_connection_is_open_during_a_request_and_closed_after_it(shop):
    app, wrapper, _ = shop
    client = app.test_client()
    told = {path: (client.get(path).status_code, wrapper.database.is_closed()) for path in ("/open", "/fails", "/no")}
    assert told == {"/open": (200, True), "/fails": (500, True), "/no": (404, True)}
    assert (client.get("/open").text, client.get("/closed").text) == ("False", "True")


@pytest.mark.spec("PH-017")
def test_a_connection_that_was_left_open_fails_the_request(shop):
    app, wrapper, _ = shop
    app.testing = True
    wrapper.database.connect()
    with pytest.raises(OperationalError, match="Connection already opened"):
        app.test_client().get("/open")
    assert wrapper.database.is_closed()


@pytest.mark.spec("PH-017")
def test_without_excluded_routes_no_request_is_needed():
    wrapper = FlaskDB(application(DATABASE="sqlite:///:memory:"))
    wrapper.connect_db()
    assert not wrapper.database.is_closed()
    wrapper.close_db(None)
    wrapper.close_db(None)
    assert wrapper.database.is_closed()


@pytest.mark.spec("PH-018")
def test_a_missing_row_is_a_404(shop):
    client = shop[0].test_client()
    assert (client.get("/one/3").text, client.get("/one/99").status_code) == ("3", 404)


@pytest.mark.spec("PH-019")
def test_a_page_is_rendered_with_its_rows(shop):
    client = shop[0].test_client()
    assert client.get("/all").text == "1 2 3 4 5 6 7 8 9 10 1 !"
    assert client.get("/all?page=3").text == "21 22 23 24 25 3 !"
    assert client.get("/all?page=x").text == client.get("/all?page=0").text == client.get("/all").text
    assert client.get("/all?page=4").status_code == 404


@pytest.mark.spec("PH-020")
def test_pages_are_counted(shop):
    app, wrapper, product = shop
    with app.test_request_context("/?p=2"), wrapper.database:
        pages = PaginatedQuery(product, 10, page_var="p")
        assert (pages.get_page(), pages.get_page_count(), len(pages.get_object_list())) == (2, 3, 10)
        assert PaginatedQuery(product, 10, page=3).get_page() == 3
        assert len(PaginatedQuery(product, 10, page=9).get_object_list()) == 0
        assert [pages.get_page_range(9, 10), pages.get_page_range(1, 3)] == [[6, 7, 8, 9, 10], [1, 2, 3]]
        assert [pages.get_page_range(5, 10, show=2), pages.get_page_range(1, 1)] == [[4, 5], [1]]
