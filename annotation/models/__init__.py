"""Campaigns, the items in their queues, who judges them, and what they said."""

from annotation.models.argilla import (
    ArgillaAccount,
    ArgillaAnswer,
    ArgillaConnection,
    ArgillaDataset,
    ArgillaDelivery,
    ArgillaRecord,
    ArgillaRefusal,
)
from annotation.models.campaign import Campaign
from annotation.models.guidance import GuidelinesRead, KeyMap, Question, QuestionAnswer
from annotation.models.items import (
    DECIDABLE,
    MADE_BY_A_FIX,
    Decision,
    Item,
    ItemRole,
    Pair,
    Repair,
    Response,
)
from annotation.models.judgments import Assignment, Judgment, JudgmentGroup, JudgmentRevision
from annotation.models.people import AnnotatorProfile, Axis, ProfileValue
from annotation.models.practice import PracticeAnswer, PracticeItem, PracticeTry, Qualification
from annotation.models.quality import Adjudication, GoldAnswer, QualityReport, SoftLabel
from annotation.models.releases import AxisRelease
from annotation.models.spans import JudgmentSpan
from annotation.models.ties import AutomaticTie

__all__ = [
    "DECIDABLE",
    "MADE_BY_A_FIX",
    "Adjudication",
    "AnnotatorProfile",
    "ArgillaAccount",
    "ArgillaAnswer",
    "ArgillaConnection",
    "ArgillaDataset",
    "ArgillaDelivery",
    "ArgillaRecord",
    "ArgillaRefusal",
    "Assignment",
    "AutomaticTie",
    "Axis",
    "AxisRelease",
    "Campaign",
    "Decision",
    "GoldAnswer",
    "GuidelinesRead",
    "Item",
    "ItemRole",
    "Judgment",
    "JudgmentGroup",
    "JudgmentRevision",
    "JudgmentSpan",
    "KeyMap",
    "Pair",
    "PracticeAnswer",
    "PracticeItem",
    "PracticeTry",
    "ProfileValue",
    "Qualification",
    "QualityReport",
    "Question",
    "QuestionAnswer",
    "Repair",
    "Response",
    "SoftLabel",
]
