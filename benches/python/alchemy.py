"""`item` as SQLAlchemy maps it, with its engines on the prepared databases. No timing here.

Only the processes of the contender `sqlalchemy` import this.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads the annotations when the class is made

from sqlalchemy import REAL, Engine, String, Text, create_engine, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

import dataset
import postgres


class Base(DeclarativeBase):
    """What SQLAlchemy's mapped classes derive from."""


class Item(Base):
    """A row of `item`."""

    __tablename__ = "item"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    price: Mapped[float] = mapped_column(REAL)
    name: Mapped[str] = mapped_column(String(255))
    body: Mapped[str] = mapped_column(Text)
    active: Mapped[bool]
    created: Mapped[datetime]
    rank: Mapped[int | None]


def engine(pool_size: int = 1) -> Engine:
    """Return an engine on PostgreSQL through psycopg 3."""
    address = make_url(postgres.url()).set(drivername="postgresql+psycopg")
    return create_engine(address, pool_size=pool_size, max_overflow=0)


def async_engine(pool_size: int = 1) -> AsyncEngine:
    """Return an asynchronous engine on PostgreSQL through asyncpg."""
    address = make_url(postgres.url()).set(drivername="postgresql+asyncpg")
    return create_async_engine(address, pool_size=pool_size, max_overflow=0, pool_timeout=60)


def async_sqlite_engine() -> AsyncEngine:
    """Return an asynchronous engine on the prepared file through aiosqlite."""
    return create_async_engine(f"sqlite+aiosqlite:///{dataset.DATABASE}")
