"""The routes. Each request opens a connection and gives it back, whatever becomes of it.

Serve it with `gunicorn flask_app.app:app`; `make serve` does so.
"""

from __future__ import annotations

from typing import Any, NoReturn

from flask import Flask, request
from werkzeug.exceptions import HTTPException

from flask_app.models import Tweet, User, db
from flask_app.probe import Probe
from redstart import IntegrityError, fn

PER_PAGE = 10

app = Flask(__name__)
app.json.sort_keys = False
# Watches from outside of the two hooks below whether they do what they should.
Probe(db).watch(app)


@app.before_request
def _db_connect() -> None:
    db.connect()


@app.teardown_request
def _db_close(exc: BaseException | None) -> None:  # noqa: ARG001  Flask passes it
    if not db.is_closed():
        db.close()


@app.post("/users")
def create_user() -> tuple[dict[str, Any], int]:
    """Creates a user; 409 when the name is taken."""
    username = text_of("username")
    try:
        # One statement that fails needs no transaction; this one shows where it would go.
        with db.atomic():
            user = User.create(username=username)
    except IntegrityError:
        return {"error": f"The name {username!r} is taken."}, 409
    return user.as_json(), 201


@app.get("/users")
def list_users() -> dict[str, Any]:
    """Lists users by name with the number of their tweets, a page at a time: `?page=2&per_page=5`."""
    page, per_page = number_of("page", 1), min(number_of("per_page", PER_PAGE), 100)
    query = (
        User.select(User, fn.COUNT(Tweet.id).alias("tweet_count"))
        .left_outer_join(Tweet)
        .group_by(User)
        .order_by(User.username)
    )
    users = [{**user.as_json(), "tweets": user.tweet_count} for user in query.paginate(page, per_page)]
    return {"page": page, "per_page": per_page, "total": User.select().count(), "users": users}


@app.get("/users/<int:user_id>")
def show_user(user_id: int) -> tuple[dict[str, Any], int]:
    """Shows a user and what the user wrote, the newest first."""
    user = User.get_or_none(User.id == user_id)
    if user is None:
        return {"error": f"There is no user {user_id}."}, 404
    tweets = user.tweets.order_by(Tweet.created.desc(), Tweet.id.desc()).limit(PER_PAGE)
    return {**user.as_json(), "tweets": [tweet.as_json() for tweet in tweets]}, 200


@app.post("/users/<int:user_id>/tweets")
def create_tweet(user_id: int) -> tuple[dict[str, Any], int]:
    """Lets a user write a tweet."""
    user = User.get_or_none(User.id == user_id)
    if user is None:
        return {"error": f"There is no user {user_id}."}, 404
    tweet = Tweet.create(user=user, content=text_of("content"))
    return {**tweet.as_json(), "user": tweet.user.username}, 201


@app.get("/tweets")
def list_tweets() -> dict[str, Any]:
    """Lists tweets with their authors, the newest first; one query for both."""
    page, per_page = number_of("page", 1), min(number_of("per_page", PER_PAGE), 100)
    query = Tweet.select(Tweet, User).join(User).order_by(Tweet.created.desc(), Tweet.id.desc())
    tweets = [{**tweet.as_json(), "user": tweet.user.username} for tweet in query.paginate(page, per_page)]
    return {"page": page, "per_page": per_page, "total": Tweet.select().count(), "tweets": tweets}


@app.get("/boom")
def boom() -> NoReturn:
    """Fails in the middle of a transaction, which therefore leaves nothing behind."""
    with db.atomic():
        User.create(username="nobody will ever see me")
        msg = "This route fails on purpose."
        raise RuntimeError(msg)


@app.errorhandler(HTTPException)
def as_json(error: HTTPException) -> tuple[dict[str, Any], int]:
    """Answers every error in JSON."""
    return {"error": error.description or error.name}, error.code or 500


def text_of(key: str) -> str:
    """Returns a text of the request's JSON body; 400 where it is missing."""
    body = request.get_json(silent=True)
    value = body.get(key) if isinstance(body, dict) else None
    if not isinstance(value, str) or not value.strip():
        raise BadBody(key)
    return value.strip()


def number_of(key: str, default: int) -> int:
    """Returns a positive number of the query string, or the default."""
    return max(request.args.get(key, default, type=int), 1)


class BadBody(HTTPException):
    """The body of a request lacks a text that the route needs."""

    code = 400

    def __init__(self, key: str) -> None:
        super().__init__(f"The body must be a JSON object with a text under {key!r}.")


with db:
    db.create_tables([User, Tweet])
