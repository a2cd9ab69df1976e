//! The Lambda front, and the composition root of the serverless shape.
