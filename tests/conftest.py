"""What every test may use: the marks that name facts of the specification, and the servers."""

pytest_plugins = ["spec_marks", "servers.fixtures", "redstart.integrations.conformance.plugin"]
