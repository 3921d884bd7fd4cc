"""What an integration reads from its framework's own configuration: the same in all that have one."""

from __future__ import annotations

import itertools

import bottle
import cherrypy
import pytest
from django.test import override_settings
from flask import Flask
from pyramid.config import Configurator
from quart import Quart
from sanic import Sanic

import redstart.integrations.cherrypy
import redstart.integrations.flask
import redstart.integrations.quart
import redstart.integrations.sanic
from redstart import DatabaseProxy, ImproperlyConfigured, SqliteDatabase
from redstart.integrations.bottle import ConnectionPlugin
from redstart.integrations.django import ConnectionMiddleware
from unit.integrations import test_django

#: What a dotted path names.
named = SqliteDatabase(":memory:")
NAMES = (f"Configured{number}" for number in itertools.count())


@pytest.fixture(autouse=True)
def several_applications(monkeypatch):
    """Lets Sanic have many of them in a process."""
    monkeypatch.setattr(Sanic, "test_mode", True)


def flask(config, database=None):
    app = Flask("configured")
    app.config.update(upper(config))
    redstart.integrations.flask.init_app(app, database)
    return app.wsgi_app._settings


def quart(config, database=None):
    app = Quart("configured")
    app.config.update(upper(config))
    redstart.integrations.quart.init_app(app, database)
    return app.asgi_app._settings


def sanic(config, database=None):
    app = Sanic(next(NAMES), configure_logging=False)
    app.config.update(upper(config))
    redstart.integrations.sanic.setup(app, database)
    return app.ctx.redstart


def bottle_(config, database=None):
    app = bottle.Bottle()
    app.config.update(lower(config))
    return app.install(ConnectionPlugin(database))._settings


def cherrypy_(config, database=None):
    cherrypy.config.update(lower(config))
    try:
        plugin = redstart.integrations.cherrypy.set_up(database)
        plugin.unsubscribe()
        return plugin._settings
    finally:
        for key in lower(config):
            del cherrypy.config[key]


def pyramid(config, database=None):
    made = Configurator(settings={**lower(config), **({} if database is None else {"redstart.database": database})})
    made.include("redstart.integrations.pyramid")
    return made.registry["redstart"]


def django(config, database=None):
    given = {**upper(config), **({} if database is None else {"REDSTART_DATABASE": database})}
    with override_settings(MIDDLEWARE=[test_django.MIDDLEWARE], **given):
        return ConnectionMiddleware(lambda request: None)._settings


def upper(config):
    return {f"REDSTART_{key.upper()}": value for key, value in config.items()}


def lower(config):
    return {f"redstart.{key}": value for key, value in config.items()}


ALL = [flask, quart, sanic, bottle_, cherrypy_, pyramid, django]
#: Those that are handed a database in the code, too.
HANDED = [flask, quart, sanic, bottle_, cherrypy_]


@pytest.mark.parametrize("framework", ALL)
def test_the_database_is_named_by_its_url_or_a_dotted_path_or_is_there(framework, tmp_path):
    (found,) = framework({"database": f"sqlite:///{tmp_path}/a.db"}).databases()
    assert found.database == f"{tmp_path}/a.db"
    assert framework({"database": f"{__name__}.named"}).databases() == (named,)
    other = SqliteDatabase(":memory:")
    assert framework({"database": [named, other]}).databases() == (named, other)


@pytest.mark.parametrize("framework", ALL)
@pytest.mark.parametrize(("said", "meant"), [(True, True), ("yes", True), ("False", False), ("0", False), ("", False)])
def test_text_says_yes_or_no(framework, said, meant):
    settings = framework({"database": named, "report": said, "hold": "query"})
    assert (settings.report, settings.hold) == (meant, "query")


@pytest.mark.parametrize("framework", ALL)
def test_what_is_not_said_has_a_default(framework):
    settings = framework({"database": named})
    assert (settings.report, settings.hold) == (False, "request")


@pytest.mark.parametrize("framework", HANDED)
def test_a_proxy_in_the_code_gets_the_database_of_each_application(framework, tmp_path):
    db = DatabaseProxy()
    # In a test each application may have another one.
    for name in ("a.db", "b.db"):
        (found,) = framework({"database": f"sqlite:///{tmp_path}/{name}"}, db).databases()
        assert db.obj is found
        assert found.database == f"{tmp_path}/{name}"


@pytest.mark.parametrize("framework", HANDED)
def test_an_application_refuses_the_database_of_a_later_one(framework, tmp_path):
    db, url = DatabaseProxy(), f"sqlite:///{tmp_path}/a.db"
    first, again = framework({"database": url}, db), framework({"database": url}, db)
    assert first.databases() == again.databases() == (db.obj,)
    other = framework({"database": f"sqlite:///{tmp_path}/b.db"}, db)
    with pytest.raises(ImproperlyConfigured, match=r"database is .*a\.db', but its DatabaseProxy stands for .*b\.db'"):
        first.databases()
    assert other.databases() == (db.obj,)
    # A test may say another one by itself.
    own = SqliteDatabase(":memory:")
    db.initialize(own)
    assert first.databases() == other.databases() == (own,)


def test_flasks_extension_refuses_it_too(tmp_path):
    extension = redstart.integrations.flask.Redstart()
    apps = [Flask(name) for name in ("a", "b")]
    for app in apps:
        app.config["REDSTART_DATABASE"] = f"sqlite:///{tmp_path}/{app.name}.db"
        extension.init_app(app)
    assert apps[1].wsgi_app._settings.databases() == (extension.database.obj,)
    with pytest.raises(ImproperlyConfigured, match="another application was configured"):
        apps[0].wsgi_app._settings.databases()


@pytest.mark.parametrize("framework", HANDED)
def test_a_proxy_that_was_told_its_database_keeps_it(framework, tmp_path):
    db, own = DatabaseProxy(), SqliteDatabase(":memory:")
    db.initialize(own)
    assert framework({"database": f"sqlite:///{tmp_path}/a.db"}, db).databases() == (own,)


@pytest.mark.parametrize("framework", ALL)
def test_a_proxy_in_the_configuration_may_get_its_database_later(framework):
    db = DatabaseProxy()
    settings = framework({"database": db})
    db.initialize(named)
    assert settings.databases() == (named,)


@pytest.mark.parametrize("framework", HANDED)
def test_a_proxy_in_the_code_may_get_that_of_the_configuration(framework):
    db, said = DatabaseProxy(), DatabaseProxy()
    settings = framework({"database": said}, db)
    said.initialize(named)
    assert settings.databases() == (named,)


@pytest.mark.parametrize("framework", HANDED)
def test_a_proxy_stands_for_one_database(framework):
    with pytest.raises(ImproperlyConfigured, match="names several databases, and a DatabaseProxy stands for one"):
        framework({"database": [named]}, DatabaseProxy())


@pytest.mark.parametrize("framework", ALL)
@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, r"(?i)redstart[._]database\S* is not set: give it a database, its URL, or the dotted path of one"),
        ({"database": "no.such"}, r"(?i)redstart[._]database\S*='no.such' is neither a URL nor the dotted path"),
        ({"database": "no:///such"}, r"(?i)redstart[._]database\S* is no URL of a database"),
        ({"database": named, "report": "maybe"}, r"(?i)redstart[._]report\S*='maybe' is neither true nor false"),
        ({"database": named, "hold": "forever"}, "hold='forever' is unknown: use 'request' or 'query'"),
    ],
)
def test_a_wrong_setting_is_named(framework, config, message):
    with pytest.raises(ImproperlyConfigured, match=message):
        framework(config)


@pytest.mark.parametrize(("prefix", "kind"), [("FLASK", Flask), ("QUART", Quart), ("SANIC", Sanic)])
def test_the_environment_says_it_where_the_framework_reads_that(monkeypatch, tmp_path, prefix, kind):
    monkeypatch.setenv(f"{prefix}_REDSTART_DATABASE", f"sqlite:///{tmp_path}/a.db")
    monkeypatch.setenv(f"{prefix}_REDSTART_REPORT", "yes")
    if kind is Sanic:
        app = Sanic(next(NAMES), configure_logging=False)
        redstart.integrations.sanic.setup(app)
        settings = app.ctx.redstart
    else:
        app = kind("configured")
        app.config.from_prefixed_env(prefix)
        module = redstart.integrations.flask if kind is Flask else redstart.integrations.quart
        module.init_app(app)
        settings = (app.wsgi_app if kind is Flask else app.asgi_app)._settings
    assert settings.databases()[0].database == f"{tmp_path}/a.db"
    assert settings.report is True


def test_a_file_says_it_where_the_framework_reads_files(tmp_path):
    file = tmp_path / "app.ini"
    file.write_text(f"[redstart]\ndatabase = sqlite:///{tmp_path}/a.db\nreport = no\nhold = query\n", encoding="utf-8")
    app = bottle.Bottle()
    app.config.load_config(str(file))
    settings = app.install(ConnectionPlugin())._settings
    assert settings.databases()[0].database == f"{tmp_path}/a.db"
    assert (settings.report, settings.hold) == (False, "query")
