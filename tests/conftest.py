"""What every test may use: the marks that name facts of the specification."""

pytest_plugins = ["spec_marks"]
