//! Values with a converter of their own.

use redstart_core::Result;
use redstart_core::node::{Converter, Param};

use crate::renderer::Renderer;

impl Renderer {
    /// Writes the value or list with its own converter.
    pub(super) fn param(&mut self, param: &Param) -> Result<()> {
        match &param.converter {
            Converter::Inherit => self.node(&param.node),
            converter => self.with_converter(converter.clone(), |r| r.node(&param.node)),
        }
    }
}
