"""Tables without a domain: jobs, their log, events, audit entries."""

from core.models.audit import AuditEntry, Event
from core.models.job import Job, JobLog, JobState

__all__ = ["AuditEntry", "Event", "Job", "JobLog", "JobState"]
