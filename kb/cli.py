"""`selfhelp`: a table of subcommands, each loaded only when it is called."""

from __future__ import annotations

import sys
from importlib.metadata import version

import click

from kb.errors import KbError
from kb.lazy_group import LazyGroup

# name -> (module:function, what it does)
COMMANDS = {
    "index": ("indexer.commands:index", "Index the articles and publish them."),
    "serve": ("search_api.serve:serve", "Serve suggestions, the widget and the help centre."),
    "search": ("kb.search.command:search", "Ask a question in the terminal."),
    "learned": ("kb.usage.command:learned", "Questions learned from customers: list, revoke, promote."),
    "gaps": ("kb.usage.gaps_command:gaps", "What to write next: questions that nothing answered."),
    "deflection": ("kb.usage.deflection_command:deflection", "What became of problems, and lift."),
    "digest": ("kb.usage.digest_command:digest", "The week's gaps and deflection, to read or to mail."),
    "eval": ("indexer.evaluate:evaluate", "Measure how well questions find their articles."),
    "doctor": ("kb.operate.doctor_command:doctor", "Check the installation; each finding with its remedy."),
    "backup": ("kb.operate.backup_command:backup", "Write database and snapshot into one file."),
    "restore": ("kb.operate.backup_command:restore", "Bring back what `backup` wrote."),
    "prune": ("kb.usage.privacy_command:prune", "Delete what is older than it may be kept."),
    "forget": ("kb.usage.privacy_command:forget", "Delete everything about one person."),
    "export": ("kb.usage.privacy_command:export", "Print everything that is kept about one person."),
}


@click.command(cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("selfhelp-kb"), prog_name="selfhelp")
def selfhelp() -> None:
    """Help articles while a customer types, and a list of what to write next."""


def main() -> None:
    """Runs the command; what went wrong on purpose is one line on stderr and exit status 2."""
    try:
        selfhelp(standalone_mode=True)
    except KbError as error:
        click.echo(f"selfhelp: {error}", err=True)
        sys.exit(2)
