//! The HTTP side that every front serves, over any gateway.
