"""The operators of PostgreSQL's own types, under peewee's names for them."""

from __future__ import annotations

HCONTAINS_ANY_KEY = "?|"
HCONTAINS_DICT = "@>"
HCONTAINS_KEY = "?"
HCONTAINS_KEYS = "?&"
HKEY = "->"
HUPDATE = "||"

ACONTAINED_BY = "<@"
ACONTAINS = "@>"
ACONTAINS_ANY = "&&"

TS_MATCH = "@@"

JSONB_CONTAINED_BY = "<@"
JSONB_CONTAINS = "@>"
JSONB_CONTAINS_ALL_KEYS = "?&"
JSONB_CONTAINS_ANY_KEY = "?|"
JSONB_CONTAINS_KEY = "?"
JSONB_EXISTS = "?"
JSONB_PATH = "#>"
JSONB_PATH_EXISTS = "@?"
JSONB_PATH_MATCH = "@@"
JSONB_PATH_REMOVE = "#-"
JSONB_REMOVE = "-"
