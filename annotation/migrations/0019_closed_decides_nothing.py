"""Nothing is decided or counted over what is closed or reported; who decides does not vote; what is gold is not practised on."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from core import schema

DECIDED = """
CREATE OR REPLACE FUNCTION annotation_only_work_is_decided() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    item record;
BEGIN
    SELECT role, state INTO item FROM annotation_item WHERE id = NEW.item_id FOR SHARE;
    IF item.role <> 'work' THEN
        RAISE EXCEPTION 'item % is gold or practice: nobody decides it, nothing counts it', NEW.item_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF item.state NOT IN ('open', 'decided') THEN
        RAISE EXCEPTION 'item % is %: nothing is decided over it', NEW.item_id, item.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

COUNTED = """
CREATE OR REPLACE FUNCTION annotation_vote_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    item record; author record;
BEGIN
    SELECT project_id, slots_asked, state INTO item FROM annotation_item WHERE id = NEW.item_id FOR SHARE;
    SELECT p.project_id, p.simulated, a.id IS NOT NULL AS assigned, EXISTS (
        SELECT FROM annotation_adjudication d WHERE d.item_id = NEW.item_id AND d.by_id = p.user_id) AS decided INTO author
    FROM annotation_annotatorprofile p LEFT JOIN annotation_assignment a
        ON a.id = NEW.assignment_id AND a.item_id = NEW.item_id AND a.profile_id = p.id
    WHERE p.id = NEW.profile_id;
    IF item.project_id IS DISTINCT FROM NEW.project_id OR author.project_id IS DISTINCT FROM NEW.project_id THEN
        RAISE EXCEPTION 'a vote, its item and its annotator are of one project' USING ERRCODE = 'check_violation';
    END IF;
    IF author.simulated AND NOT NEW.simulated THEN
        RAISE EXCEPTION 'the vote of a simulated annotator says so' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.assignment_id IS NOT NULL AND NOT author.assigned THEN
        RAISE EXCEPTION 'a vote answers an assignment of its own' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.slot IS NULL THEN
        RETURN NEW;
    END IF;
    IF NEW.slot > item.slots_asked THEN
        RAISE EXCEPTION 'item % asked for fewer judgments than slot %', NEW.item_id, NEW.slot
            USING ERRCODE = 'check_violation';
    END IF;
    IF item.state NOT IN ('open', 'decided') THEN
        RAISE EXCEPTION 'item % is %: a vote that comes now counts nothing', NEW.item_id, item.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF author.decided THEN
        RAISE EXCEPTION 'who decided over the votes on item % adds none to them', NEW.item_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

KNOWN = """
CREATE FUNCTION annotation_items_of_same_answers(the_item uuid) RETURNS SETOF uuid LANGUAGE sql STABLE
    SET search_path = public, pg_temp AS $$
    SELECT other.item_id FROM annotation_pair own JOIN annotation_pair other
        ON other.response_a_id IN (own.response_a_id, own.response_b_id)
        OR other.response_b_id IN (own.response_a_id, own.response_b_id)
    WHERE own.item_id = the_item
    UNION
    SELECT other.item_id FROM annotation_repair own JOIN annotation_repair other ON other.response_id = own.response_id
    WHERE own.item_id = the_item
$$;

CREATE FUNCTION annotation_gold_is_not_practised() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('gold and practice of ' || NEW.project_id, 0));
    PERFORM FROM annotation_item WHERE id = NEW.source_id FOR SHARE;
    IF EXISTS (SELECT 1 FROM annotation_items_of_same_answers(NEW.source_id) known
               JOIN annotation_item i ON i.id = known AND i.role = 'gold') THEN
        RAISE EXCEPTION 'item % shares an answer with gold: a practice round would tell what is right', NEW.source_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_gold_is_not_practised BEFORE INSERT ON annotation_practiceitem
    FOR EACH ROW WHEN (NEW.source_id IS NOT NULL) EXECUTE FUNCTION annotation_gold_is_not_practised();

CREATE FUNCTION annotation_practised_is_not_gold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('gold and practice of ' || NEW.project_id, 0));
    IF EXISTS (SELECT 1 FROM annotation_items_of_same_answers(NEW.item_id) known
               JOIN annotation_practiceitem p ON p.source_id = known) THEN
        RAISE EXCEPTION 'item % shares an answer with a practice round, which tells what is right', NEW.item_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_practised_is_not_gold BEFORE INSERT ON annotation_goldanswer
    FOR EACH ROW WHEN (NEW.number = 1) EXECUTE FUNCTION annotation_practised_is_not_gold();
"""

BACK = """
DROP FUNCTION annotation_practised_is_not_gold() CASCADE;
DROP FUNCTION annotation_gold_is_not_practised() CASCADE;
DROP FUNCTION annotation_items_of_same_answers(uuid) CASCADE;
"""


class Migration(migrations.Migration):
    """Rules over what is written from now on. Going back leaves two functions, which refuse as much and more."""

    dependencies = [("annotation", "0018_hot_path")]

    operations = [
        RunSQL(DECIDED, RunSQL.noop),
        RunSQL(COUNTED, RunSQL.noop),
        RunSQL(KNOWN, BACK),
        schema.trusted_path(
            "annotation_only_work_is_decided",
            "annotation_vote_fits",
            "annotation_gold_is_not_practised",
            "annotation_practised_is_not_gold",
        ),
    ]
