"""Long work: enqueue, claim, heartbeat, fence, reap. Celery only rings the bell."""

from core.jobs.handlers import job_handler
from core.jobs.queue import Lost, RunningJob, claim, enqueue, request_cancel

__all__ = ["Lost", "RunningJob", "claim", "enqueue", "job_handler", "request_cancel"]
