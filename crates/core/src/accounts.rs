//! Accounts of the built-in pool, as a port.
