"""django-ninja-jwt's tokens on the ring JWT_SIGNING_KEY: INSTALLED_APPS = [..., "keybaton.ninja_jwt"].

They are signed with one key of it and read with all, so that a key can be replaced without ending a token.
"""
