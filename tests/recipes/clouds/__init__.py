"""What the trials of the clouds have in common."""
