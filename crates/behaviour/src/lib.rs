//! One suite of behaviour, seen from outside, for every shape.
