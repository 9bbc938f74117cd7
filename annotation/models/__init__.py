"""Campaigns, the items in their queues, who judges them, and what they said."""

from annotation.models.campaign import Campaign
from annotation.models.guidance import GuidelinesRead, KeyMap, Question, QuestionAnswer
from annotation.models.items import Decision, Item, ItemRole, Pair, Quota, Repair, Response
from annotation.models.judgments import Assignment, Judgment, JudgmentGroup, JudgmentRevision
from annotation.models.people import AnnotatorProfile, Axis, ProfileValue
from annotation.models.practice import PracticeAnswer, PracticeItem, PracticeTry, Qualification

__all__ = [
    "AnnotatorProfile",
    "Assignment",
    "Axis",
    "Campaign",
    "Decision",
    "GuidelinesRead",
    "Item",
    "ItemRole",
    "Judgment",
    "JudgmentGroup",
    "JudgmentRevision",
    "KeyMap",
    "Pair",
    "PracticeAnswer",
    "PracticeItem",
    "PracticeTry",
    "ProfileValue",
    "Qualification",
    "Question",
    "QuestionAnswer",
    "Quota",
    "Repair",
    "Response",
]
