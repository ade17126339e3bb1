"""`rustplan completion`: a completion script from click's own generator."""

from __future__ import annotations

import click

from rustplan.cli.app import app


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print a shell completion script.

    \b
    bash: rustplan completion bash > ~/.local/share/bash-completion/completions/rustplan
    zsh:  rustplan completion zsh  > a folder of $fpath/_rustplan
    fish: rustplan completion fish > ~/.config/fish/completions/rustplan.fish
    """
    from click.shell_completion import get_completion_class

    from rustplan.cli.streams import Streams

    maker = get_completion_class(shell)
    if maker is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    Streams().document(maker(app, {}, "rustplan", "_RUSTPLAN_COMPLETE").source())
    return 0
