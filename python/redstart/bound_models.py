"""Binding models to another database for a while."""

from __future__ import annotations

from redstart.callable_context import _callable_context_manager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class BoundModelsContext(_callable_context_manager):
    """A context in which models are bound to a database; afterwards they are bound as before."""

    def __init__(self, models: Sequence[Any], database: Any, bind_refs: bool, bind_backrefs: bool) -> None:
        """Takes the models and the database.

        Args:
            models: The model classes.
            database: The database.
            bind_refs: Whether to bind the models that they refer to, too.
            bind_backrefs: Whether to bind the models that refer to them, too.
        """
        self.models = models
        self.database = database
        self.bind_refs = bind_refs
        self.bind_backrefs = bind_backrefs
        self._before: dict[Any, Any] = {}

    def __enter__(self) -> Sequence[Any]:
        self._before = {}
        for model in self.models:
            for reached in self._reached(model):
                self._before.setdefault(reached, _database(reached))
            if hasattr(model, "_meta"):
                model.bind(self.database, self.bind_refs, self.bind_backrefs)
            else:
                model.bind(self.database)
        return self.models

    def __exit__(self, *error: object) -> None:
        for model, database in self._before.items():
            if hasattr(model, "_meta"):
                model._meta.set_database(database)
            else:
                model.bind(database)

    def _reached(self, model: Any) -> list[Any]:
        if not hasattr(model, "_meta") or not (self.bind_refs or self.bind_backrefs):
            return [model]
        return [reached for _, reached, _ in model._meta.model_graph(self.bind_refs, self.bind_backrefs)]

    def _fresh(self) -> BoundModelsContext:
        return type(self)(self.models, self.database, self.bind_refs, self.bind_backrefs)


def _database(model: Any) -> Any:
    """Gives the database of a model, or of a table that has no model."""
    return model._meta.database if hasattr(model, "_meta") else model._database
