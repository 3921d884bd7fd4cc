//! Floor 2 of Redstart: the statement tree and a dialect become SQL text and
//! binds. No I/O, no clock, no randomness.
