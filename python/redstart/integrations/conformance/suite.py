"""The class that a test module inherits from to have its applications checked. ``plugin`` has to be loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redstart.integrations.conformance.checks import Check
    from redstart.integrations.conformance.served import Served
    from redstart.integrations.conformance.site import Site


class ConformanceTests:
    """Checks applications: one test for each check, of each application, on each kind of database.

    Attributes:
        served: What is under test.
        more_checks: Checks of your own: each is a column of the table before the last.

    Example:
        >>> import sys
        >>> from redstart.integrations.conformance.served import WSGI, Served
        >>> from redstart.integrations.conformance.suite import ConformanceTests
        >>> command = [sys.executable, "-m", "gunicorn", "--threads=8", "--bind=127.0.0.1:{port}", "mine:app"]
        >>> class TestMine(ConformanceTests):
        ...     served = [Served("mine", "gunicorn", command, lacks=WSGI)]
    """

    served: ClassVar[Sequence[Served]] = ()
    more_checks: ClassVar[Sequence[Check]] = ()

    def test_conformance(self, conformance_site: Site, conformance_check: Check) -> None:
        """The application does what the check's name says."""
        conformance_check.run(conformance_site)


__all__ = ["ConformanceTests"]
