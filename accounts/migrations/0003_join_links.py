"""Links that let a whole team in, and what an invitation tells the apps above."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Invitations carry words about the person; a link for many."""

    dependencies = [
        ("accounts", "0002_token_limits"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="about",
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name="JoinLink",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=80)),
                ("about", models.JSONField(default=dict)),
                ("token_sha256", models.CharField(max_length=64, unique=True)),
                ("most", models.PositiveIntegerField()),
                ("used", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="join_links",
                        to="accounts.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("most__gte", 1)), name="join_link_for_somebody"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("used__lte", models.F("most"))), name="join_link_not_overused"
                    ),
                ],
            },
        ),
    ]
