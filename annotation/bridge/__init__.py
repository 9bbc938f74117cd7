"""The Argilla bridge: pairs go there, answers come back through the same actions as votes given here.

`sdk.py` alone imports Argilla, for jobs only: that costs seconds. `server.py` is the server as jobs see it.
"""
