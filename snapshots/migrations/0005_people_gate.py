"""What a project asks of the people behind a snapshot."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from core import schema


class Migration(migrations.Migration):
    """One append-only table."""

    dependencies = [
        ("accounts", "0003_join_links"),
        ("snapshots", "0004_closed_gaps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PeopleGate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("least_effective", models.FloatField(null=True)),
                ("largest_share", models.FloatField(null=True)),
                ("least_groups", models.PositiveSmallIntegerField(null=True)),
                ("no_side", models.BooleanField(default=False)),
                ("set_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people_gates",
                        to="accounts.project",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("least_effective__isnull", True), ("least_effective__gte", 1), _connector="OR"
                        ),
                        name="gate_effective_from_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("largest_share__isnull", True),
                            models.Q(("largest_share__gt", 0), ("largest_share__lte", 1)),
                            _connector="OR",
                        ),
                        name="gate_share_is_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("least_groups__isnull", True), ("least_groups__gte", 2), _connector="OR"
                        ),
                        name="gate_groups_from_two",
                    ),
                ],
            },
        ),
        *schema.append_only("snapshots_peoplegate"),
    ]
