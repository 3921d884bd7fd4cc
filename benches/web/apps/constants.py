"""The answers of the two pages, made without a database: what a request costs when nothing is asked."""


def row(key):
    return {"id": key, "name": f"item {key}", "price": key / 4.0, "active": key % 2 == 0, "rank": key}


def rows():
    return [row(key) for key in range(1, 21)]
