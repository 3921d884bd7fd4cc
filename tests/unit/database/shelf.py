"""Two tables of one database."""

from redstart import CharField, ForeignKeyField
from redstart.pool import PooledSqliteDatabase


class Shelf:
    """A database with two tables, and what ends it."""

    def __init__(self, database):
        self.db = database

        class Author(database.Model):
            name = CharField(unique=True)

        class Book(database.Model):
            author = ForeignKeyField(Author, backref="books")
            title = CharField()

        self.Author, self.Book = Author, Book

    def fill(self):
        with self.db:
            self.db.create_tables([self.Author, self.Book])
            self.Book.create(author=self.Author.create(name="Ada"), title="Notes")
        return self

    def names(self):
        return [author.name for author in self.Author.select().order_by(self.Author.id)]

    async def anames(self):
        return [author.name for author in await self.db.list(self.Author.select().order_by(self.Author.id))]

    def end(self):
        self.db.close()
        if isinstance(self.db, PooledSqliteDatabase):
            self.db.close_all()
