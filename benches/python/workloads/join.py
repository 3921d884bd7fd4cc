"""Selects rows joined with their parent row and reads an attribute of each of the two."""

from __future__ import annotations

from typing import Any

import dataset
from workload import Goal, Work, Workload

WORKLOAD = Workload("10,000 rows joined with parent", 10_000, Goal(0.8))

POSTS_EACH = 20
SELECT = (
    "SELECT p.id, p.author_id, p.title, p.body, p.score, p.created, a.id, a.name, a.email, a.active"
    " FROM post AS p INNER JOIN author AS a ON p.author_id = a.id"
)


def raw(n: int) -> Work:
    """Fetch the joined tuples."""
    connection = dataset.prepare(authors=n // POSTS_EACH, posts_each=POSTS_EACH)

    def run() -> int:
        total = 0
        for row in connection.execute(SELECT).fetchall():
            total += len(row[2]) + len(row[7])
        return total

    return Work(run)


def orm(lib: Any, n: int) -> Work:
    """Fetch instances with their `author` filled by the join."""
    dataset.prepare(authors=n // POSTS_EACH, posts_each=POSTS_EACH).close()
    made = dataset.models(lib)
    author, post = made.Author, made.Post

    def run() -> int:
        total = 0
        for row in list(post.select(post, author).join(author)):
            total += len(row.title) + len(row.author.name)
        return total

    return Work(run)
