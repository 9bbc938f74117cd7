"""What a service's traces may be used for, where nobody nearer says."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """See the module docstring."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("curation", "0008_asked_before_granted"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="ServiceDefault",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("service", models.CharField(max_length=120)),
                ("training_use", models.CharField(
                    choices=[("allowed", "Allowed"), ("denied", "Denied"), ("unknown", "Unknown")], max_length=8)),
                ("set_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("project", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project")),
                ("set_by", models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to=settings.AUTH_USER_MODEL)),
            ],
            options={"constraints": [
                models.UniqueConstraint(fields=("project", "service"), name="service_default_once"),
                models.CheckConstraint(
                    condition=models.Q(("training_use__in", ["allowed", "denied", "unknown"])),
                    name="service_default_known"),
            ]},
        ),
    ]
