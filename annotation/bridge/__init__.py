"""The Argilla bridge: pairs go there, answers come back through the same actions as votes given here.

`sdk.py` alone knows Argilla, and is imported by jobs only: importing it costs seconds.
"""
