"""Flask on psycopg 3 and its pool."""

import os

import psycopg_pool
from flask import Flask

from apps import constants

app = Flask(__name__)
pool = psycopg_pool.ConnectionPool(os.environ["BENCH_WEB_URL"], min_size=4, max_size=8, kwargs={"autocommit": True})

COLUMNS = ("id", "name", "price", "active", "rank")
ONE = "SELECT id, name, price, active, rank FROM item WHERE id = %s"
MANY = "SELECT id, name, price, active, rank FROM item ORDER BY id LIMIT 20"


@app.get("/constant/<int:key>")
def constant(key):
    return constants.row(key)


@app.get("/constants")
def all_constants():
    return constants.rows()


@app.get("/item/<int:key>")
def item(key):
    with pool.connection() as connection:
        row = connection.execute(ONE, (key,), prepare=True).fetchone()
    return dict(zip(COLUMNS, row, strict=True))


@app.get("/items")
def items():
    with pool.connection() as connection:
        rows = connection.execute(MANY, prepare=True).fetchall()
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]
