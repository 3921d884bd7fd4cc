"""Flask on SQLAlchemy with psycopg 3, a session for each request."""

import os

from flask import Flask
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from apps.sqlalchemy_models import Item, as_dict

app = Flask(__name__)
engine = create_engine(os.environ["BENCH_WEB_URL"].replace("postgresql:", "postgresql+psycopg:"), pool_size=8)


@app.get("/item/<int:key>")
def item(key):
    with Session(engine) as session:
        return as_dict(session.get_one(Item, key))


@app.get("/items")
def items():
    with Session(engine) as session:
        return [as_dict(row) for row in session.scalars(select(Item).order_by(Item.id).limit(20))]
