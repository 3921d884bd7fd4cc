"""Names: snake case, identifiers, quoting, and their shortening.

Pure functions over text. The engine quotes identifiers in statements; ``quote``
here serves those who build SQL by hand, as with peewee.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_FIRST_WORD = r"([^_]+?)([A-Z][a-z]+)"
_NEXT_WORD = r"([a-z0-9])([A-Z])"
_WORD = r"[a-zA-Z_]\w*"
_NOT_A_WORD = r"[^\w]+"


def make_snake_case(s: str) -> str:
    """Gives a name in snake case: ``WebHTTPRequest`` becomes ``web_http_request``."""
    if s[1:] == s[1:].lower():
        return s.lower()
    import re  # a large module, and many names are one word

    return re.sub(_NEXT_WORD, r"\1_\2", re.sub(_FIRST_WORD, r"\1_\2", s)).lower()


def make_identifier(s: str) -> str:
    """Gives the name within a driver's column label: ``MAX("t1"."age")`` becomes ``age``."""
    import re  # a large module, and few labels are read so

    found = re.search(_WORD, s.rsplit(".", 1)[-1])
    return found.group() if found else s


def make_table_name(s: str) -> str:
    """Gives the table's name for a class under peewee's legacy rule: ``User`` becomes ``user``."""
    name = s.lower()
    if name.isascii() and name.isidentifier():
        return name
    import re  # a large module, and most classes have plain names

    return re.sub(_NOT_A_WORD, "_", name)


def truncate_name(name: str, limit: int = 64) -> str:
    """Shortens a constraint's or index's name to what databases take, kept apart by a digest.

    Args:
        name: The name.
        limit: The number of characters that fit.
    """
    if len(name) <= limit:
        return name
    import hashlib  # few names are that long, and the module loads a library

    digest = hashlib.md5(name.encode("utf-8"), usedforsecurity=False).hexdigest()
    return f"{name[: limit - 8]}_{digest[:7]}"


def qesc(s: str, q: str = '"') -> str:
    """Doubles the quote characters within a name."""
    return s.replace(q, q * 2)


def unqesc(part: str) -> str:
    """Takes the quotes off a name and halves the doubled ones within."""
    if len(part) > 1 and part[0] == part[-1] and part[0] in "\"'`":
        return part[1:-1].replace(part[0] * 2, part[0])
    return part


def quote(path: Iterable[str], quote_chars: str) -> str:
    """Gives a quoted, dotted name.

    Args:
        path: The parts: schema, table, column.
        quote_chars: The opening and the closing character.
    """
    opening, closing = (quote_chars[0], quote_chars[1]) if quote_chars else ("", "")
    return ".".join(f"{opening}{qesc(part, closing) if closing else part}{closing}" for part in path)


# As peewee calls it.
_truncate_constraint_name = truncate_name
