//! The log, the connection registry and the user directory in one DynamoDB table.
