//! The axum front: sockets and HTTP, generic over the ports.
