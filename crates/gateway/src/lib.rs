//! Between wire and core: decode, connect, frame and disconnect, encode once, deliver.
