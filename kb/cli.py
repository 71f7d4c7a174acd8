"""`selfhelp`: a table of subcommands, each loaded only when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import version

import click

from kb.errors import KbError

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


class Lazy(click.Group):
    """A group that knows its commands' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), function)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
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
