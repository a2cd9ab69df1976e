//! What a chat costs a month, in each shape and in what stands in its place.
