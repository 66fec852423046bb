"""The stand-in for Azure Key Vault and for what gives tokens for it."""
