from django.db import migrations, models


class Migration(migrations.Migration):  # type: ignore[misc]
    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="Beat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("process", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=64)),
                ("ring", models.CharField(max_length=64)),
                ("revision", models.BigIntegerField()),
                ("write", models.CharField(max_length=64)),
                ("signs", models.CharField(max_length=32)),
                ("accepts", models.TextField()),
                ("holds", models.TextField()),
                ("role", models.CharField(max_length=16)),
                ("host", models.CharField(max_length=255)),
                ("started", models.DateTimeField()),
                ("seen", models.DateTimeField()),
                ("fence", models.CharField(max_length=8)),
                ("below", models.BooleanField()),
            ],
            options={"db_table": "keybaton_beat"},
        ),
        migrations.CreateModel(
            name="Floor",
            fields=[
                ("ring", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("revision", models.BigIntegerField()),
                ("raised", models.DateTimeField()),
            ],
            options={"db_table": "keybaton_floor"},
        ),
        migrations.AddConstraint(
            model_name="beat",
            constraint=models.UniqueConstraint(fields=("process", "name"), name="keybaton_beat_of"),
        ),
    )
