"""Runs from approvals, and the models that came out of them."""

from trainers.models.model_version import ModelVersion
from trainers.models.run import Attempt, Recipe, Run
from trainers.models.traces_of_run import Artifact, Metric, Sample

__all__ = ["Artifact", "Attempt", "Metric", "ModelVersion", "Recipe", "Run", "Sample"]
