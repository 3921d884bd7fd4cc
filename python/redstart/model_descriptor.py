"""The mark of attributes that look at the model class, or an alias of it, that they are read from."""


class ModelDescriptor:
    """The base of such attributes: ``ModelAlias`` evaluates them with itself as the class."""
