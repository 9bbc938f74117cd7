"""Does the documented score say anything of what people found wrong? On the only real verdicts there are: marked solutions."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.contract import Row
from benchmarks.strata.traffic import records


def rows() -> Iterator[Row]:
    """What the calibration says, as it would in a project. 0 calibrated: it says so and the documented weights hold."""
    from curation.calibration import calibrate
    from curation.conversation import message, new_conversation
    from curation.difficulty import features, score

    scores, trouble = [], []
    for record in records("traces-permissive"):
        feedback = record["feedback"] or {}
        if feedback.get("origin") == "source" and feedback.get("rating") in ("up", "down"):
            said = [message(one["role"], one["content"] or "") for one in record["request"]["messages"]]
            scores.append(score(features(new_conversation(said))))
            trouble.append(feedback["rating"] == "down")
    found = calibrate(scores, trouble)
    yield Row("difficulty, real verdicts", found.outcomes)
    yield Row("difficulty, AUC of the score", found.auc or 0.0)
    yield Row("difficulty, calibrated", float(found.calibrated))
