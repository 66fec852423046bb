"""django-cryptography's fields on a ring of their own: INSTALLED_APPS = [..., "keybaton.django_cryptography"].

The ring is FIELD_ENCRYPTION_KEY. The package's own setting, CRYPTOGRAPHY_KEY, is for what it encrypts alone: what it
signs that with stays SECRET_KEY, and with another one nobody reads the data. With this app both come from the ring; one
key of it writes, and all of them read. All rows have to be saved anew before a key is retired.
"""
