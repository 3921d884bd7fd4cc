"""What generated programs and hand-written guesses found to differ: one small program for each."""

import datetime as dt

from peewee import *

from parity_program import program


@program
def an_index_name_holds_only_the_word_characters_of_its_columns(t):
    db = t.database()

    class Country(db.Model):
        label = CharField(column_name="full name", unique=True)
        odd = CharField(column_name='x.y"z-é', index=True)

        class Meta:
            table_name = "la nds"

    db.create_tables([Country])
    t.show("names", sorted(index.name for index in db.get_indexes("la nds")))
