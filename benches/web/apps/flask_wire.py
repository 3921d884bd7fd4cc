"""Flask on a bare socket: the bytes of the same statements go to PostgreSQL and come back, and nobody looks at them.

What a request costs here beyond one without a database is the server's work, and the waiting of one thread while others
go on: the interpreter is given up once, by `recv`. The protocol is
https://www.postgresql.org/docs/current/protocol-flow.html.
"""

import ctypes
import os
import socket
import struct
import threading

from flask import Flask

from apps import constants

app = Flask(__name__)
local = threading.local()
ONE = "SELECT id, name, price, active, rank FROM item WHERE id = $1"
MANY = "SELECT id, name, price, active, rank FROM item ORDER BY id LIMIT 20"
READY = b"Z\0\0\0\5I"
INT4 = 23
# The first keeps the interpreter while it calls, the second gives it up.
keeping, giving_up = ctypes.PyDLL(None, use_errno=True), ctypes.CDLL(None, use_errno=True)


def message(kind, body):
    return kind + struct.pack("!I", len(body) + 4) + body


def parse(name, statement, *types):
    kinds = struct.pack(f"!H{len(types)}I", len(types), *types)
    return message(b"P", name + b"\0" + statement.encode() + b"\0" + kinds)


def run(name, *values):
    """Write what runs a prepared statement; values and rows are binary."""
    bound = b"".join(struct.pack("!II", 4, value) for value in values)
    formats = struct.pack("!HHH", 1, 1, len(values))
    bind = message(b"B", b"\0" + name + b"\0" + formats + bound + struct.pack("!HH", 1, 1))
    return bind + message(b"E", b"\0\0\0\0\0") + message(b"S", b"")


def connect():
    wire = socket.socket(socket.AF_UNIX)
    wire.connect(f"{os.environ['BENCH_WEB_HOST']}/.s.PGSQL.{os.environ.get('PGPORT', '5432')}")
    start = f"user\0{os.environ['BENCH_WEB_USER']}\0database\0{os.environ['BENCH_WEB_NAME']}\0\0"
    wire.sendall(message(b"", struct.pack("!I", 196608) + start.encode()))
    read(wire)
    wire.sendall(parse(b"one", ONE, INT4) + parse(b"many", MANY) + message(b"S", b""))
    read(wire)
    return wire


def read(wire):
    answer = wire.recv(1 << 16)
    while not answer.endswith(READY):
        more = wire.recv(1 << 16)
        if not more:
            raise ConnectionError(answer)
        answer += more


def ask(request):
    wire = getattr(local, "wire", None)
    if wire is None:
        wire = local.wire = connect()
        local.number, local.answer = wire.fileno(), ctypes.create_string_buffer(1 << 16)
    keeping.send(local.number, request, len(request), 0)
    size = giving_up.recv(local.number, local.answer, len(local.answer), 0)
    # These answers are small: they come whole.
    if local.answer[max(0, size - len(READY)) : size] != READY:
        raise ConnectionError(f"{size} bytes came, errno {ctypes.get_errno()}")


@app.get("/item/<int:key>")
def item(key):
    ask(run(b"one", key))
    return constants.row(key)


@app.get("/items")
def items():
    ask(LIST)
    return constants.rows()


LIST = run(b"many")
