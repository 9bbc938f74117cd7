"""A worker process of annotators: claims and answers through the actions until it is ended, or killed.

`python -m tests.annotation.judging_process '{"campaign": …, "people": […], "seed": …, "abandon": 0.1}'`
"""

import json
import random
import sys
import threading
import time
from contextlib import suppress
from uuid import uuid4

import django


def main() -> None:
    """One thread per person, as the app role."""
    wish = json.loads(sys.argv[1])
    django.setup()
    threads = [
        threading.Thread(target=_judge, args=(wish, person, wish["seed"] + number), daemon=True)
        for number, person in enumerate(wish["people"])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _judge(wish: dict, person: str, seed: int) -> None:
    from django.db import connection

    from accounts.models import User
    from annotation.actions.claim import claim
    from annotation.actions.submit import submit_judgment
    from annotation.choices import Shown
    from annotation.models import Campaign
    from core.errors import Refused

    with connection.cursor() as cursor:
        cursor.execute("SET ROLE winnow_app")
    rng = random.Random(seed)
    who = User.objects.get(pk=person)
    campaign = Campaign.objects.select_related("project").get(pk=wish["campaign"])
    abandoned: list = []
    while True:
        mine = claim(who=who, campaign=campaign, besides=abandoned[-1:])
        if mine is None:
            abandoned.clear()
            time.sleep(0.5)
            continue
        if rng.random() < wish["abandon"]:
            abandoned.append(mine.pk)
            continue
        key = uuid4()
        for _delivery in range(2 if rng.random() < 0.05 else 1):
            with suppress(Refused):
                submit_judgment(
                    who=who,
                    project=campaign.project,
                    assignment_id=mine.pk,
                    lease_token=mine.lease_token,
                    key=key,
                    shown=rng.choice(list(Shown)),
                )


if __name__ == "__main__":
    main()
