"""Flask on peewee or on Redstart, whichever `BENCH_WEB_LIB` names: the document's hooks, and the same models."""

import importlib
import os

from flask import Flask

lib = importlib.import_module(os.environ["BENCH_WEB_LIB"])
playhouse = "playhouse" if os.environ["BENCH_WEB_LIB"] == "peewee" else "redstart"
pool = importlib.import_module(f"{playhouse}.pool")

app = Flask(__name__)
db = pool.PooledPostgresqlDatabase(
    os.environ["BENCH_WEB_NAME"],
    host=os.environ["BENCH_WEB_HOST"],
    user=os.environ["BENCH_WEB_USER"],
    max_connections=8,
    timeout=10,
)


class Item(lib.Model):
    name = lib.TextField()
    price = lib.DoubleField()
    active = lib.BooleanField()
    rank = lib.IntegerField()

    class Meta:
        database = db


def as_dict(row):
    return {"id": row.id, "name": row.name, "price": row.price, "active": row.active, "rank": row.rank}


if playhouse == "redstart":
    from redstart.integrations.flask import init_app

    init_app(app, db)
else:

    @app.before_request
    def _db_connect():
        db.connect()

    @app.teardown_request
    def _db_close(error):
        if not db.is_closed():
            db.close()


@app.get("/item/<int:key>")
def item(key):
    return as_dict(Item.get_by_id(key))


@app.get("/items")
def items():
    return [as_dict(row) for row in Item.select().order_by(Item.id).limit(20)]
