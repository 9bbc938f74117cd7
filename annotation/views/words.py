"""Sentences the judging script says; they travel as JSON so that they can be translated."""

from django.utils.translation import gettext as _


def judging_words() -> dict[str, str]:
    """By the names the script and the redirects use; %n is how many answers wait."""
    return {
        "all_saved": _("All saved"),
        "saved": _("Saved. U takes it back."),
        "counted": _("Saved."),
        "again": _("Saved."),
        "uncounted": _("Saved as an extra: your time for this pair had run out and others had taken it."),
        "skipped": _("Passed on to others."),
        "flagged": _("Reported. Nobody is shown this pair until a lead has looked."),
        "asked": _("Asked. The answer appears under My work."),
        "saved_in_memory": _(
            "Kept on this page only: this browser stores nothing. Leave it open until all is saved."
        ),
        "fix_which": _("Fix which one? Left arrow for A, right arrow for B."),
        "fixing": _("Edit the answer. Ctrl and Enter keeps it, Esc leaves it."),
        "fixed": _("Your version is kept. Now say which of the two shown is better."),
        "fix_later": _("The text did not come; try again when the connection is back."),
        "covered": _("Covered. Enter shows it; K passes it on."),
        "failing": _("The server has a fault. %n kept here, tried again."),
        "sending": _("Sending…"),
        "offline": _("No connection. %n kept here, sent when it is back."),
        "signed-out": _("You are signed out. %n kept here."),
        "guidelines_changed": _(
            "What decides has changed. Read what is different; your answer waits, Enter sends it."
        ),
        "refused": _("An answer was refused."),
        "comes_back": _("Your answer is kept with its pair, to be sent again."),
        "undone": _("Back to your last answer. Choose again to change it."),
        "nothing_to_undo": _("Nothing to take back on this page. Older answers are under My work."),
        "choose_first": _("Choose first: 1 to 7."),
        "needs_tags": _("This campaign asks for at least one reason. Then press Enter."),
        "needs_rationale": _("This campaign asks for your own words. Then press Enter."),
    }
