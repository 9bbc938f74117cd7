"""A build that finished after a later one had published more is overtaken."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('core', '0002_roles'),
        ("indexer", "0002_exactness"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='indexbuild',
            name='build_state_known',
        ),
        migrations.AlterField(
            model_name='indexbuild',
            name='state',
            field=models.CharField(choices=[('building', 'Building'), ('published', 'Published'), ('overtaken', 'Overtaken'), ('failed', 'Failed')], default='building', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='indexbuild',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['building', 'published', 'overtaken', 'failed'])), name='build_state_known'),
        ),
    ]
