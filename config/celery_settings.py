"""Celery settings, each with its reason (measured traps: lost and doubled tasks under acks_late on Redis transports)."""

from django.conf import settings

broker_url = settings.BROKER_URL
broker_connection_retry_on_startup = True
broker_transport_options = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "health_check_interval": 15,
    "max_retries": 1,
}
accept_content = ["json"]
task_serializer = "json"
task_ignore_result = True
task_acks_late = False
task_time_limit = 3600
task_soft_time_limit = 3500
task_publish_retry = False
task_default_queue = "default"
worker_prefetch_multiplier = 1
worker_max_tasks_per_child = 200
worker_hijack_root_logger = False
enable_utc = True

beat_schedule = {
    "reap-jobs": {"task": "core.tasks.reap", "schedule": 1.0, "options": {"expires": 3}},
    "settle-traces": {"task": "curation.tasks.settle", "schedule": 1.0, "options": {"expires": 3}},
    "tally-minutes": {"task": "curation.tasks.tally", "schedule": 30.0, "options": {"expires": 30}},
    "curate": {"task": "curation.tasks.curate", "schedule": 10.0, "options": {"expires": 20}},
    "permissions-end": {"task": "curation.tasks.permissions", "schedule": 60.0, "options": {"expires": 60}},
    "retention": {"task": "curation.tasks.retain", "schedule": 3600.0, "options": {"expires": 1800}},
    "semantic": {"task": "curation.tasks.semantic", "schedule": 3600.0, "options": {"expires": 1800}},
    "sweep-leases": {"task": "annotation.tasks.sweep_leases", "schedule": 15.0, "options": {"expires": 30}},
    "reprioritise": {
        "task": "annotation.tasks.reprioritise_queues",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "release-axes": {
        "task": "annotation.tasks.release_axes",
        "schedule": 3600.0,
        "options": {"expires": 1800},
    },
    "quality-reports": {
        "task": "annotation.tasks.refresh_reports",
        "schedule": 3600.0,
        "options": {"expires": 1800},
    },
    "pull-argilla": {
        "task": "annotation.tasks.pull_argilla",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "reconcile-runs": {
        "task": "trainers.tasks.reconcile",
        "schedule": 2.0,
        "options": {"queue": "train", "expires": 4},
    },
}
