"""An application in each framework: with peewee's own pattern, and with the integration that Redstart brings."""
