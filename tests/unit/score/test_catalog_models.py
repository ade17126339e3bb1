"""The catalogues of scores and plans: well formed, sourced, and clear about what is wrong when they are not."""

from __future__ import annotations

import re
import statistics

import pytest

from rustplan.catalog import catalog_digest, load_anchors, load_effort
from rustplan.catalog.anchors import Anchors, Sourced
from rustplan.catalog.effort import EffortModel
from rustplan.catalog.reading import load_catalogue, parse_catalogue
from rustplan.errors import CatalogError
from rustplan.resources import folder


@pytest.mark.parametrize("catalogue", [load_anchors(), load_effort()])
def test_every_group_says_where_it_comes_from_and_when_it_was_checked(catalogue):
    groups = [getattr(catalogue, name) for name in catalogue.__struct_fields__ if name != "version"]
    assert groups
    for group in groups:
        assert isinstance(group, Sourced)
        assert len(group.source) > 5
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", group.checked)


@pytest.mark.parametrize("name", ["length_words", "raw_memory", "long_functions"])
def test_the_means_are_the_medians_of_the_corpus(name):
    anchors = load_anchors()
    median = statistics.median(getattr(package, name) for package in anchors.corpus.packages)
    assert (anchors.files.measures | anchors.files.shape)[name].mean == pytest.approx(median, abs=0.001)


def test_nominal_weights_of_a_track_sum_to_100():
    for track in (load_anchors().memory_safety, load_anchors().latency):
        assert sum(scale.weight for scale in track.factors.values() if not scale.from_neutral) == 100


def test_what_crosses_has_a_price_for_every_shape_the_plan_knows():
    hours = load_effort().crossings.hours
    assert all(value > 0 for value in hours.values())
    assert hours["unknown"] > hours["scalars"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'version: "1"', b"version: 1", "$.version"),
        (b"files:", b"fils:", "fils"),
        (b"shape: ratio", b"shape: sideways", "sideways"),
        (b"checked:", b"- checked:", "line"),
    ],
)
def test_a_malformed_catalogue_is_named_with_its_place(old, new, said):
    text = folder("catalog").joinpath("anchors.yaml").read_bytes().replace(old, new, 1)
    with pytest.raises(CatalogError) as caught:
        parse_catalogue("anchors.yaml", text, Anchors)
    assert said in caught.value.message
    assert "reinstall" in (caught.value.hint or "")


def test_a_missing_catalogue_is_a_catalogue_error():
    with pytest.raises(CatalogError, match="cannot be read"):
        load_catalogue("no-such.yaml", EffortModel)


def test_the_digest_is_stable_and_covers_all_files():
    assert catalog_digest() == catalog_digest()
    assert re.fullmatch(r"[0-9a-f]{64}", catalog_digest())
