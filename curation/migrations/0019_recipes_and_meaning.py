"""Runs of recipes, and the semantic tier: vectors that go with their text, pairs, thresholds and what people said."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from core import schema
from curation.migrations import _finding_sql as sql


class Migration(migrations.Migration):
    """What people decided is append-only."""

    dependencies = [
        ("accounts", "0002_token_limits"),
        ("curation", "0018_finding"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='asset',
            name='kind',
            field=models.CharField(choices=[('redaction_rules', 'Redaction Rules'), ('quarantine', 'Quarantine'), ('guidelines', 'Guidelines'), ('policy', 'Policy'), ('taxonomy', 'Taxonomy'), ('red_team', 'Red Team'), ('price_book', 'Price Book'), ('validators', 'Validators'), ('difficulty', 'Difficulty'), ('quotas', 'Quotas'), ('recipe', 'Recipe')], max_length=24),
        ),
        migrations.CreateModel(
            name='SemanticPair',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('cosine', models.FloatField()),
                ('model', models.CharField(max_length=80)),
                ('found_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('high', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='curation.conversationversion')),
                ('low', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='curation.conversationversion')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.project')),
            ],
        ),
        migrations.CreateModel(
            name='SemanticDecision',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('accepted', models.BooleanField()),
                ('decided_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.project')),
                ('pair', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='curation.semanticpair')),
            ],
        ),
        migrations.CreateModel(
            name='SemanticThreshold',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('value', models.FloatField()),
                ('note', models.CharField(blank=True, default='', max_length=400)),
                ('set_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.project')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SemanticVector',
            fields=[
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='semantic_vector', serialize=False, to='curation.conversationversion')),
                ('day', models.DateField(db_index=True)),
                ('model', models.CharField(max_length=80)),
                ('vector', models.BinaryField()),
                ('compared', models.BooleanField(default=False)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.project')),
            ],
        ),
        migrations.CreateModel(
            name='RecipeRun',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('chosen', models.PositiveIntegerField()),
                ('left_out', models.JSONField(default=dict)),
                ('fingerprint', models.CharField(max_length=64)),
                ('moved', models.JSONField(default=list)),
                ('run_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.project')),
                ('recipe', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recipe_runs', to='curation.assetversion')),
                ('run_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['recipe', '-id'], name='recipe_run_newest')],
            },
        ),
        migrations.AddIndex(
            model_name='semanticpair',
            index=models.Index(fields=['project', '-cosine', '-id'], name='semantic_nearest'),
        ),
        migrations.AddIndex(
            model_name='semanticpair',
            index=models.Index(fields=['high'], name='semantic_high'),
        ),
        migrations.AddConstraint(
            model_name='semanticpair',
            constraint=models.UniqueConstraint(fields=('low', 'high'), name='semantic_pair_once'),
        ),
        migrations.AddConstraint(
            model_name='semanticpair',
            constraint=models.CheckConstraint(condition=models.Q(('low__lt', models.F('high'))), name='semantic_pair_ordered'),
        ),
        migrations.AddConstraint(
            model_name='semanticpair',
            constraint=models.CheckConstraint(condition=models.Q(('cosine__gte', -1), ('cosine__lte', 1)), name='semantic_cosine_range'),
        ),
        migrations.AddConstraint(
            model_name='semanticdecision',
            constraint=models.UniqueConstraint(fields=('pair', 'number'), name='semantic_decision_once'),
        ),
        migrations.AddConstraint(
            model_name='semanticthreshold',
            constraint=models.UniqueConstraint(fields=('project', 'number'), name='semantic_threshold_once'),
        ),
        migrations.AddConstraint(
            model_name='semanticthreshold',
            constraint=models.CheckConstraint(condition=models.Q(('value__gte', 0.5), ('value__lte', 1)), name='semantic_threshold_range'),
        ),
        migrations.AddIndex(
            model_name='semanticvector',
            index=models.Index(fields=['project', 'compared'], name='semantic_compared'),
        ),
        *schema.append_only("curation_reciperun", "curation_semanticthreshold", "curation_semanticdecision"),
        RunSQL(sql.VECTORS_FOLLOW, sql.UNDO_VECTORS_FOLLOW),
    ]
