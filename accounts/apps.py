"""Accounts: users, invitations, projects and roles, tokens."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Just above core: every domain row carries a project."""

    name = "accounts"
