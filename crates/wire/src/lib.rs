//! Frames, codes and limits: what a client and the server say to each other.
