"""Attributes that name a person or a session, in every shape: stored only under a pseudonym."""

from __future__ import annotations

from curation.formats.own_words import METADATA

PERSON, SESSION = ("user_id", "userId"), ("session_id", "sessionId", "thread_id", "conversation_id")
"""What applications call them in metadata, where no convention has a name."""
METADATA_USERS = tuple(f"{space}{word}" for space in METADATA for word in PERSON)
METADATA_SESSIONS = tuple(f"{space}{word}" for space in METADATA for word in SESSION)
USER_KEYS = (
    "user.id", "enduser.id", "enduser.pseudo.id", "user.name", "user.full_name", "user.email", "user.hash", "gen_ai.user",
    "llm.user", "langfuse.user.id", "langfuse.trace.user_id", "langfuse.trace.metadata.langfuse_user_id",
    "langfuse.observation.metadata.langfuse_user_id", *METADATA_USERS,
)  # fmt: skip
SESSION_KEYS = (
    "session.id", "gen_ai.conversation.id", "session.previous_id", "langfuse.session.id", "langfuse.trace.session_id",
    "langfuse.trace.metadata.langfuse_session_id", "langfuse.observation.metadata.langfuse_session_id",
    *METADATA_SESSIONS,
)  # fmt: skip
INSIDE = {
    "metadata": (PERSON, SESSION), "langfuse.trace.metadata": (PERSON, SESSION),
    "langfuse.observation.metadata": (PERSON, SESSION), "llm.invocation_parameters": (("user", *PERSON), SESSION),
}  # fmt: skip
"""Attributes that are JSON, and what people and sessions are called in it."""
