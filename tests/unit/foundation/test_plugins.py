"""Plugins are what somebody installed: never what the current folder holds, and a bad one is named with the next step."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rustplan import plugins
from rustplan.errors import PluginError
from rustplan.model.source import Language


@pytest.fixture(autouse=True)
def fresh() -> None:
    for known in (plugins.installed_plugins, plugins.rule_packs, plugins.dialects):
        known.cache_clear()


def install(folder: Path, entries: str, code: str = "", name: str = "good_one") -> None:
    """Write a distribution with a module into a folder."""
    info = folder / f"{name}-1.5.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 1.5\n")
    (info / "entry_points.txt").write_text(entries)
    (folder / f"{name}.py").write_text(code)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    for name in ("good_one", "other"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return folder


DIALECT = """
DATA = 3
from rustplan.model.source import Language
class D:
    suffixes = (".cu",)
    reads_as = Language.CPP
    def prepare(self, data): return data.replace(b"__x__", b"     ")
class Short(D):
    def prepare(self, data): return data[1:]
class Loud(D):
    suffixes = (".CU",)
"""


def test_a_dialect_is_found_by_its_ending(site: Path) -> None:
    install(site, "[rustplan.languages]\ncuda = good_one:D\n", DIALECT)
    assert plugins.dialects()[".cu"][1].reads_as is Language.CPP
    assert plugins.prepared("src/K.CU", b"__x__ int a;") == b"      int a;"
    assert plugins.prepared("k.c", b"__x__ int a;") == b"__x__ int a;"
    assert [one.words for one in plugins.installed_plugins()] == ["good-one 1.5 (languages: cuda)"]


def test_a_dialect_that_moves_text_is_refused(site: Path) -> None:
    install(site, "[rustplan.languages]\ncuda = good_one:Short\n", DIALECT)
    with pytest.raises(ValueError, match=r"good-one 1\.5 .* changed the length"):
        plugins.prepared("src/K.CU", b"int a;\n")


@pytest.mark.parametrize(
    ("value", "because"),
    [
        ("good_one:Loud", "cannot have the ending '.CU'"),
        ("good_one:DATA", "is no dialect"),
        ("good_one:Language", "cannot be loaded: TypeError"),
        ("good_one:missing", "cannot be loaded: AttributeError"),
        ("nowhere:D", "cannot be loaded: ModuleNotFoundError"),
    ],
)
def test_a_bad_dialect_is_one_clear_error(site: Path, value: str, because: str) -> None:
    install(site, f"[rustplan.languages]\ncuda = {value}\n", DIALECT)
    with pytest.raises(PluginError, match="good-one") as caught:
        plugins.dialects()
    assert because in caught.value.message
    assert caught.value.hint


def test_a_rule_pack_is_a_folder(site: Path) -> None:
    install(
        site,
        "[rustplan.rules]\npack = good_one:rules\n",
        "import pathlib\ndef rules(): return pathlib.Path(__file__).parent / 'r'\n",
    )
    with pytest.raises(PluginError, match="names no folder of rules"):
        plugins.rule_packs()
    (site / "r").mkdir()
    assert plugins.rule_packs() == (site / "r",)


def test_two_distributions_may_not_claim_one_name(site: Path) -> None:
    install(site, "[rustplan.formats]\ntickets = good_one:a\n")
    install(site, "[rustplan.formats]\ntickets = other:a\n", name="other")
    with pytest.raises(PluginError, match="give the same name"):
        plugins.installed_plugins()


def test_the_current_folder_supplies_no_plugin(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(site, "[rustplan.languages]\ncuda = good_one:D\n", DIALECT)
    monkeypatch.chdir(site)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    assert plugins.installed_plugins() == ()
