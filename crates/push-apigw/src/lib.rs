//! Pushes frames through API Gateway's @connections.
