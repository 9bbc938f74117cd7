"""Presidio and scrubadub on the same texts, in an environment of their own that is made when first asked for."""

import json
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent.parent / ".winnow" / "redaction-peers"
NEEDED = ("presidio-analyzer", "scrubadub", "spacy")
PROGRAM = """
import json, sys, time
name, texts = sys.argv[1], json.load(sys.stdin)
if name == "presidio":
    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine
    class Blank(SpacyNlpEngine):
        def __init__(self):
            super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
            self.nlp = {"en": spacy.blank("en")}
        def load(self): pass
        def is_loaded(self): return True
    registry = RecognizerRegistry(); registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("UrlRecognizer"); registry.remove_recognizer("DateRecognizer")
    engine = AnalyzerEngine(nlp_engine=Blank(), registry=registry, supported_languages=["en"])
    def find(text): return [(one.start, one.end) for one in engine.analyze(text, language="en")]
else:
    import scrubadub
    scrubber = scrubadub.Scrubber(locale="en_US")
    def find(text): return [(one.beg, one.end) for one in scrubber.iter_filth(text)]
find("warm up 4111 1111 1111 1111 a@b.org")
started = time.process_time()
found = [find(text) for text in texts]
seconds = time.process_time() - started
print("RESULT" + json.dumps({"found": found, "seconds": seconds}))
"""


@dataclass(frozen=True)
class Found:
    """What a peer found in each text, and the processor time it took without its start."""

    spans: list[list[tuple[int, int]]]
    seconds: float


class Absent(Exception):
    """The peer could not be installed or run; the message says why."""


def ask(name: str, texts: Sequence[str]) -> Found:
    """Run one peer over these texts; raises Absent."""
    done = subprocess.run(
        [_python(), "-c", PROGRAM, name], input=json.dumps(texts), capture_output=True, text=True, check=False, timeout=1800
    )  # fmt: skip
    answer = done.stdout.rpartition("RESULT")[2]
    if done.returncode or not answer:
        raise Absent(
            f"{name} could not be run: {(done.stderr.strip().splitlines() or ['no output'])[-1][:120]}"
        )
    data = json.loads(answer)
    return Found([[(start, end) for start, end in one] for one in data["found"]], data["seconds"])


def _python() -> str:
    python = HOME / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if not (HOME / "ready").exists():
        venv.create(HOME, with_pip=True, clear=True)
        made = subprocess.run(
            [str(python), "-m", "pip", "install", "-q", *NEEDED],
            capture_output=True, text=True, check=False, timeout=1800,
        )  # fmt: skip
        if made.returncode:
            raise Absent("the package index could not be reached")
        (HOME / "ready").touch()
    return str(python)
