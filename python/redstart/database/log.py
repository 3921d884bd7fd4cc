"""The logger of statements, under peewee's name: tools listen to it."""

import logging

#: Each record's message is the pair of SQL text and parameters; it is sent before the statement runs.
logger = logging.getLogger("peewee")
logger.addHandler(logging.NullHandler())
