"""A stand-in for Google Cloud Secret Manager, on Google's own message types: REST over TLS, with log-in and rights."""
