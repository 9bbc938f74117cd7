"""What a user said over all turns, for domains; it goes where the preview of the question goes."""

from django.db import migrations, models
from django.db.migrations.operations import RunSQL

GOES_TOO = """
CREATE FUNCTION curation_topic_goes_too() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.topic := '';
    RETURN NEW;
END $$;
CREATE TRIGGER curation_topic_goes_too BEFORE UPDATE OF prompt_preview ON curation_conversationversion
    FOR EACH ROW WHEN (NEW.prompt_preview = '') EXECUTE FUNCTION curation_topic_goes_too();
"""


class Migration(migrations.Migration):
    """See the module docstring."""

    dependencies = [("curation", "0020_meaning_flags")]

    operations = [
        migrations.AddField(
            "conversationversion",
            "topic",
            models.CharField(blank=True, db_default="", default="", max_length=240),
        ),
        RunSQL(GOES_TOO),
    ]
