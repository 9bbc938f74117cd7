"""Attributes that name a person or a session, in every shape: stored only under a pseudonym."""

from __future__ import annotations

USER_KEYS = (
    "user.id", "enduser.id", "enduser.pseudo.id", "user.name", "user.full_name", "user.email", "user.hash", "gen_ai.user",
    "llm.user", "langfuse.user.id", "langfuse.trace.user_id", "langfuse.trace.metadata.langfuse_user_id",
    "langfuse.observation.metadata.langfuse_user_id", "traceloop.association.properties.user_id",
    "ai.telemetry.metadata.userId",
)  # fmt: skip
SESSION_KEYS = (
    "session.id", "gen_ai.conversation.id", "session.previous_id", "langfuse.session.id", "langfuse.trace.session_id",
    "langfuse.trace.metadata.langfuse_session_id", "langfuse.observation.metadata.langfuse_session_id",
    "traceloop.association.properties.session_id", "ai.telemetry.metadata.sessionId",
)  # fmt: skip
