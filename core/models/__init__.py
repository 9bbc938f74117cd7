"""Tables without a domain: jobs, their log, events, audit entries."""

from core.models.audit import AuditEntry, Event
from core.models.idempotency import IdempotentAnswer
from core.models.job import Job, JobLog, JobState

__all__ = ["AuditEntry", "Event", "IdempotentAnswer", "Job", "JobLog", "JobState"]
