"""What the processes of a project report, and below which revision none is to serve. There are no keys in it."""

from django.db import models


class Beat(models.Model):  # type: ignore[misc]
    """One process and one ring, as the process said it last. A process that stops cleanly removes its row."""

    process = models.CharField(max_length=32)
    name = models.CharField(max_length=64)
    ring = models.CharField(max_length=64)
    revision = models.BigIntegerField()
    write = models.CharField(max_length=64)
    signs = models.CharField(max_length=32)
    accepts = models.TextField()  # JSON; a JSONField would make `check` ask every database what it can do
    holds = models.TextField()
    role = models.CharField(max_length=16)
    host = models.CharField(max_length=255)
    started = models.DateTimeField()
    seen = models.DateTimeField()
    fence = models.CharField(max_length=8)
    below = models.BooleanField()

    class Meta:
        app_label = "keybaton"
        db_table = "keybaton_beat"
        constraints = (models.UniqueConstraint(fields=["process", "name"], name="keybaton_beat_of"),)

    def __str__(self) -> str:
        return f"{self.role} on {self.host}"


class Floor(models.Model):  # type: ignore[misc]
    """The revision of a ring below which no process may come back."""

    ring = models.CharField(max_length=64, primary_key=True)
    revision = models.BigIntegerField()
    raised = models.DateTimeField()

    class Meta:
        app_label = "keybaton"
        db_table = "keybaton_floor"

    def __str__(self) -> str:
        return f"{self.ring} from {self.revision}"
