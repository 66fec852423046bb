"""Session engines for SESSION_ENGINE."""
