//! A batch of rows as raw cells. A driver fills it, whoever needs a value decodes
//! the cell when it is touched. Text and bytes of all cells share one buffer.

/// One cell of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    /// SQL `NULL`.
    Null,
    /// A signed integer.
    Int(i64),
    /// A double-precision number.
    Float(f64),
    /// A truth value, where the database has the type.
    Bool(bool),
    /// Text at this place of the batch's buffer. The driver does not promise that
    /// the bytes are UTF-8: `SQLite` stores what it was given.
    Text(Span),
    /// Bytes at this place of the batch's buffer.
    Blob(Span),
    /// Bytes of a type that the driver does not decode, with the type's number.
    Raw(u32, Span),
}

/// A place in a batch's buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    start: u32,
    len: u32,
}

/// Rows of equal width, filled by a driver and read cell by cell.
#[derive(Debug, Default)]
pub struct Batch {
    width: usize,
    cells: Vec<Cell>,
    bytes: Vec<u8>,
    /// The rows of a result without columns, which have no cells to be counted by.
    bare_rows: usize,
}

/// The number of rows after which a driver starts a new batch, so that one kept
/// instance does not keep a large result alive.
pub const ROWS_PER_BATCH: usize = 256;

/// The number of buffered bytes after which a driver starts a new batch.
pub const BYTES_PER_BATCH: usize = 1 << 20;

impl Batch {
    /// Makes an empty batch for rows of `width` cells.
    pub fn new(width: usize) -> Self {
        Self {
            width,
            cells: Vec::new(),
            bytes: Vec::new(),
            bare_rows: 0,
        }
    }

    /// Makes an empty batch with room for as much as another one holds.
    #[must_use]
    pub fn with_room_of(other: &Self) -> Self {
        Self {
            width: other.width,
            cells: Vec::with_capacity(other.cells.len()),
            bytes: Vec::with_capacity(other.bytes.len()),
            bare_rows: 0,
        }
    }

    /// Drops all rows and keeps the room that they took.
    pub fn clear(&mut self) {
        self.cells.clear();
        self.bytes.clear();
        self.bare_rows = 0;
    }

    /// Gives the number of cells in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Gives the number of complete rows.
    pub fn len(&self) -> usize {
        self.cells
            .len()
            .checked_div(self.width)
            .unwrap_or(self.bare_rows)
    }

    /// Tells whether there is no complete row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tells whether a driver should start another batch.
    pub fn is_full(&self) -> bool {
        self.len() >= ROWS_PER_BATCH || self.bytes.len() >= BYTES_PER_BATCH
    }

    /// Gives the cells of a row.
    pub fn row(&self, row: usize) -> &[Cell] {
        let start = row * self.width;
        self.cells.get(start..start + self.width).unwrap_or(&[])
    }

    /// Gives one cell; a place outside of the batch reads as null.
    pub fn cell(&self, row: usize, column: usize) -> Cell {
        self.row(row).get(column).copied().unwrap_or(Cell::Null)
    }

    /// Gives the bytes of a text, blob or raw cell.
    pub fn bytes(&self, span: Span) -> &[u8] {
        let start = span.start as usize;
        self.bytes
            .get(start..start + span.len as usize)
            .unwrap_or(&[])
    }

    /// Appends a row of a result without columns.
    pub fn push_bare_row(&mut self) {
        self.bare_rows += 1;
    }

    /// Appends a cell that needs no buffer.
    pub fn push(&mut self, cell: Cell) {
        self.cells.push(cell);
    }

    /// Appends a text cell.
    ///
    /// Gives false, and appends nothing, when the batch's buffer would pass 4 GiB.
    #[must_use]
    pub fn push_text(&mut self, text: &[u8]) -> bool {
        self.store(text)
            .map(|span| self.cells.push(Cell::Text(span)))
            .is_some()
    }

    /// Appends a cell of bytes.
    ///
    /// Gives false, and appends nothing, when the batch's buffer would pass 4 GiB.
    #[must_use]
    pub fn push_blob(&mut self, bytes: &[u8]) -> bool {
        self.store(bytes)
            .map(|span| self.cells.push(Cell::Blob(span)))
            .is_some()
    }

    /// Appends the bytes of a type that the driver does not decode.
    ///
    /// Gives false, and appends nothing, when the batch's buffer would pass 4 GiB.
    #[must_use]
    pub fn push_raw(&mut self, type_number: u32, bytes: &[u8]) -> bool {
        self.store(bytes)
            .map(|span| self.cells.push(Cell::Raw(type_number, span)))
            .is_some()
    }

    fn store(&mut self, bytes: &[u8]) -> Option<Span> {
        let start = u32::try_from(self.bytes.len()).ok()?;
        let len = u32::try_from(bytes.len()).ok()?;
        start.checked_add(len)?;
        self.bytes.extend_from_slice(bytes);
        Some(Span { start, len })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_gives_back_what_was_pushed() {
        let mut batch = Batch::new(3);
        batch.push(Cell::Int(7));
        assert!(batch.push_text(b"seven"));
        batch.push(Cell::Null);
        assert_eq!(batch.len(), 1);
        assert_eq!(batch.cell(0, 0), Cell::Int(7));
        let Cell::Text(span) = batch.cell(0, 1) else {
            unreachable!("the second cell is text");
        };
        assert_eq!(batch.bytes(span), b"seven");
        assert_eq!(batch.cell(0, 2), Cell::Null);
        assert_eq!(batch.cell(4, 0), Cell::Null);
    }

    #[test]
    fn rows_without_cells_are_counted() {
        let mut batch = Batch::new(0);
        batch.push_bare_row();
        batch.push_bare_row();
        assert_eq!(batch.len(), 2);
        assert!(batch.row(1).is_empty());
        batch.clear();
        assert!(batch.is_empty());
    }

    #[test]
    fn a_cleared_batch_has_no_rows_and_keeps_its_width() {
        let mut batch = Batch::new(1);
        assert!(batch.push_text(b"seven"));
        let twin = Batch::with_room_of(&batch);
        batch.clear();
        for batch in [batch, twin] {
            assert!(batch.is_empty());
            assert_eq!(batch.width(), 1);
        }
    }
}
