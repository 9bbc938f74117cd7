"""Trainers: runs from approvals, recipes, launchers."""

from django.apps import AppConfig


class TrainersConfig(AppConfig):
    """Above snapshots. Its runtime package is a separate program that no other module imports."""

    name = "trainers"
