//! What the connection offers of PostgreSQL alone, mostly under psycopg2's names.

use pyo3::prelude::*;

use super::Connection;
use crate::errors;

#[pymethods]
impl Connection {
    /// The transaction's status, by libpq's numbers: 0 for none, 2 for an open one, 3 for one that
    /// failed, 4 where it is unknown.
    fn get_transaction_status(&self) -> PyResult<u8> {
        let native = self.postgres("get_transaction_status")?;
        Ok(match native.transaction_status() {
            _ if native.is_closed() => 4,
            b'I' => 0,
            b'T' => 2,
            _ => 3,
        })
    }

    /// The number of the server's process.
    fn get_backend_pid(&self) -> PyResult<u32> {
        Ok(self.postgres("get_backend_pid")?.backend_pid())
    }

    /// A setting that the server reports, such as `TimeZone`; None for one that it does not.
    #[pyo3(signature = (name))]
    fn get_parameter_status(&self, name: &str) -> PyResult<Option<String>> {
        Ok(self.postgres("get_parameter_status")?.parameter(name))
    }

    /// The notices that the server sent since they were asked for last.
    #[getter]
    fn notices(&self) -> PyResult<Vec<String>> {
        let notices = self.postgres("notices")?.take_notices();
        Ok(notices
            .iter()
            .map(|notice| notice.message().to_owned())
            .collect())
    }

    /// Has the values of the type `hstore`, whose number is given, read as dictionaries.
    #[pyo3(signature = (type_number))]
    fn register_hstore(&self, type_number: u32) -> PyResult<()> {
        self.postgres("hstore")?.register_hstore(type_number);
        Ok(())
    }
}

impl Connection {
    fn postgres(&self, feature: &str) -> PyResult<&redstart_engine::postgres::Connection> {
        let native = self.native.require_postgres(feature);
        native.map_err(|error| Python::attach(|py| errors::to_py(py, &error)))
    }
}
