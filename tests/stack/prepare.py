"""Run as a program on a fresh database: a project, its people and a token; prints them as JSON."""

import json

import django

if __name__ == "__main__":
    django.setup()
    from tests.conftest import make_team
    from tests.curation.test_otlp_route import make_token

    print(json.dumps({"project": "acme", "token": make_token(make_team("acme"), "ingest")}))
