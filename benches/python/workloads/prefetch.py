"""Selects parents with their children in two queries and walks through all of them."""

from __future__ import annotations

from typing import Any

import dataset
from workload import Goal, Work, Workload

WORKLOAD = Workload("prefetch 500 x 20", 500, Goal(0.8))

POSTS_EACH = 20


def raw(n: int) -> Work:
    """Fetch both tables as tuples and group the children by hand."""
    connection = dataset.prepare(authors=n, posts_each=POSTS_EACH)

    def run() -> int:
        total = 0
        authors = connection.execute("SELECT id, name, email, active FROM author").fetchall()
        posts: dict[int, list[Any]] = {row[0]: [] for row in authors}
        for row in connection.execute("SELECT id, author_id, title, body, score, created FROM post"):
            posts[row[1]].append(row)
        for row in authors:
            total += len(row[1])
            for child in posts[row[0]]:
                total += len(child[2])
        return total

    return Work(run)


def orm(lib: Any, n: int) -> Work:
    """Call `prefetch` and walk through each parent's backref."""
    dataset.prepare(authors=n, posts_each=POSTS_EACH).close()
    made = dataset.models(lib)

    def run() -> int:
        total = 0
        for author in lib.prefetch(made.Author.select(), made.Post.select()):
            total += len(author.name)
            for post in author.posts:
                total += len(post.title)
        return total

    return Work(run)
