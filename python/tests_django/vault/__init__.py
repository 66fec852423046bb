"""An app whose data is encrypted, in one field of each package that takes SECRET_KEY for that."""
