"""One model, with a field of each package."""

from django.db import models
from django_cryptography.fields import PickledField, encrypt
from encrypted_fields.fields import EncryptedTextField as SaltedField
from fernet_fields import EncryptedTextField as FernetField
from mirage.fields import EncryptedTextField as MirageField


class Note(models.Model):  # type: ignore[misc]
    fernet = FernetField()
    cryptography = encrypt(models.TextField())
    mirage = MirageField()
    salted = SaltedField()
    keyed = encrypt(models.TextField(), key="k" * 32)
    plain = PickledField(null=True)
