"""SQLAlchemy's model of the table."""

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "item"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    price: Mapped[float]
    active: Mapped[bool]
    rank: Mapped[int]


def as_dict(row):
    return {"id": row.id, "name": row.name, "price": row.price, "active": row.active, "rank": row.rank}
