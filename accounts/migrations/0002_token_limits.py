"""How much a token may send: rows a second, rows a day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Both are optional; a limit of nothing is no limit but a revoked token."""

    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.AddField("apitoken", "rate_limit", models.PositiveIntegerField(null=True)),
        migrations.AddField("apitoken", "daily_quota", models.PositiveBigIntegerField(null=True)),
        migrations.AddConstraint(
            "apitoken",
            models.CheckConstraint(
                condition=models.Q(rate_limit__isnull=True) | models.Q(rate_limit__gt=0),
                name="token_rate_positive",
            ),
        ),
        migrations.AddConstraint(
            "apitoken",
            models.CheckConstraint(
                condition=models.Q(daily_quota__isnull=True) | models.Q(daily_quota__gt=0),
                name="token_quota_positive",
            ),
        ),
    ]
