"""Models of library functions: the shipped ones hold together, and a folder's own are read strictly and win."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import msgspec
import pytest

from rustplan.errors import RuleError
from rustplan.flow.models import FunctionModel, Models
from rustplan.rulebook import load_models, load_rules
from rustplan.rulebook.function_models import MAX_ARGUMENT, MAX_FUNCTIONS, MAX_PROBLEMS, decode_models

SHIPPED = load_models()
LOOKUP = Models(SHIPPED)

OWN = """
note: What our wrappers do.
functions:
  - names: [pool_get, pool_get_zeroed]
    allocates: {bytes: [2], family: pool, may_fail: false}
  - names: [pool_put]
    releases: {argument: 2, family: pool}
"""


def write(folder: Path, name: str, text: str) -> Path:
    (folder / "models").mkdir(parents=True, exist_ok=True)
    (folder / "models" / name).write_text(dedent(text), encoding="utf-8")
    return folder


def problems(*folders: Path) -> tuple[str, ...]:
    with pytest.raises(RuleError) as caught:
        load_models(*folders)
    assert caught.value.hint
    return caught.value.problems


def parts(model: msgspec.Struct) -> Iterator[msgspec.Struct]:
    """A model and every mapping inside it."""
    yield model
    for name in model.__struct_fields__:
        value = getattr(model, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, msgspec.Struct):
                yield from parts(item)


def test_every_name_is_an_identifier_and_given_once() -> None:
    names = [name for model in SHIPPED for name in model.names]
    assert len(names) >= 350
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[A-Za-z_]\w*\*?", name, re.ASCII) for name in names)


def test_arguments_count_from_one_and_stay_small() -> None:
    tuples = ("bytes", "at_most", "at_most_bytes", "non_null", "keeps")
    for model in SHIPPED:
        for part in parts(model):
            for name in tuples:
                value = getattr(part, name, ())
                for position in value if isinstance(value, tuple) else (value,):
                    assert 0 <= position <= MAX_ARGUMENT, (model.names[0], name)
                    assert position or not isinstance(value, tuple), (model.names[0], name)


def test_every_family_that_is_released_or_allocated_has_its_counterpart() -> None:
    made = {part.family for model in SHIPPED for part in (model.allocates, model.reallocates) if part is not None}
    released = {model.releases.family for model in SHIPPED if model.releases is not None}
    assert released <= made
    unreleased = {
        model.allocates.family
        for model in SHIPPED
        if model.allocates is not None and model.allocates.memory == "heap" and not model.allocates.owned
    }
    assert unreleased - released <= {"skb", "new[]"}  # counted references; `delete[]`


def test_every_wide_twin_counts_in_wide_characters() -> None:
    twins = {
        "wcscpy": "strcpy",
        "wcsncpy": "strncpy",
        "wcscat": "strcat",
        "wcsncat": "strncat",
        "wcslen": "strlen",
        "wmemcpy": "memcpy",
        "wmemset": "memset",
        "fgetws": "fgets",
        "swprintf": "snprintf",
        "_snwprintf": "_snprintf",
        "wcsdup": "strdup",
        "wcslcpy": "strlcpy",
    }
    for wide, narrow in twins.items():
        one, other = LOOKUP.get(wide), LOOKUP.get(narrow)
        assert one is not None
        assert other is not None
        assert one.unit == 4
        assert other.unit == 1
        assert (one.writes, one.format, one.allocates) == (other.writes, other.format, other.allocates), wide


@pytest.mark.parametrize(
    "name", ["read", "recv", "recvfrom", "readlink", "pread", "write", "send", "BIO_read", "SSL_read", "snprintf"]
)
def test_what_reports_a_failure_by_a_negative_number_says_so(name: str) -> None:
    model = LOOKUP.get(name)
    assert model is not None
    assert model.returns is not None
    assert model.returns.may_be_negative
    assert model.returns.least is not None
    assert model.returns.least < 0


@pytest.mark.parametrize(
    ("name", "argument", "bound"),
    [
        ("fgets", 1, (2,)),
        ("fread", 1, (2, 3)),
        ("read", 2, (3,)),
        ("recv", 2, (3,)),
        ("recvfrom", 2, (3,)),
        ("copy_from_user", 1, (3,)),
        ("SSL_read", 2, (3,)),
        ("ReadFile", 2, (3,)),
    ],
)
def test_input_is_bounded_by_the_right_arguments(name: str, argument: int, bound: tuple[int, ...]) -> None:
    model = LOOKUP.get(name)
    assert model is not None
    (write,) = [write for write in model.writes if write.input]
    assert (write.argument, write.bytes or write.at_most) == (argument, bound)


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("setbuf", 2),
        ("setvbuf", 2),
        ("putenv", 1),
        ("pthread_create", 4),
        ("atexit", 1),
        ("signal", 2),
        ("fdopen", 1),
        ("sigaction", 2),
    ],
)
def test_what_is_kept_is_named(name: str, argument: int) -> None:
    model = LOOKUP.get(name)
    assert model is not None
    assert argument in model.keeps


def test_aborting_allocators_never_fail_and_the_others_may() -> None:
    for name in ("xmalloc", "xcalloc", "xstrdup", "g_malloc", "g_strdup", "alloca"):
        model = LOOKUP.get(name)
        assert model is not None
        assert model.allocates is not None
        assert not model.allocates.may_fail
    for name in ("malloc", "calloc", "strdup", "fopen", "g_try_malloc", "kmalloc", "OPENSSL_malloc", "HeapAlloc"):
        model = LOOKUP.get(name)
        assert model is not None
        assert model.allocates is not None
        assert model.allocates.may_fail
    realloc, xrealloc = LOOKUP.get("realloc"), LOOKUP.get("xrealloc")
    assert realloc is not None
    assert xrealloc is not None
    assert realloc.reallocates is not None
    assert xrealloc.reallocates is not None
    assert realloc.reallocates.may_fail
    assert not xrealloc.reallocates.may_fail


def test_the_longest_beginning_wins_and_an_exact_name_before_all() -> None:
    reader, writer, exact = (FunctionModel(names=(name,)) for name in ("log_*", "log_init*", "log_initial"))
    models = Models((reader, writer, exact))
    assert models.get("log_line") is reader
    assert models.get("log_init_file") is writer
    assert models.get("log_initial") is exact
    assert models.get("logarithm") is None


def test_shipped_beginnings_take_output_but_not_what_sets_it_up() -> None:
    for name in ("printLine", "print_hex", "log_line", "debug_value", "warn_once_about", "dump_packet"):
        model = LOOKUP.get(name)
        assert model is not None, name
        assert not model.writes, name
        assert not model.keeps, name
    for name in ("trace_init", "dump_open_file", "debug_register_hook", "print_to_buffer"):
        model = LOOKUP.get(name)
        assert model is not None, name
        assert model.keeps, name
    for name in ("login", "log_append", "logarithm"):
        assert LOOKUP.get(name) is None, name
    assert LOOKUP.get("strcpy_or_not") is None


def test_a_folder_of_models_loads_travels_and_counts_in_the_digest(tmp_path: Path) -> None:
    folder = write(tmp_path / "one", "pool.yaml", OWN)
    book = load_rules(folder)
    assert book.rules == ()
    assert [model.names[0] for model in book.models] == ["pool_get", "pool_put"]
    assert book.models == load_models(folder)
    assert pickle.loads(pickle.dumps(book)) == book
    same = load_rules(write(tmp_path / "two", "named-otherwise.yaml", OWN))
    other = load_rules(write(tmp_path / "three", "pool.yaml", OWN.replace("argument: 2", "argument: 1")))
    assert book.digest == same.digest != other.digest


def test_models_of_a_later_folder_win(tmp_path: Path) -> None:
    mine = write(
        tmp_path, "ours.yaml", "functions: [{names: [malloc], allocates: {bytes: [1], may_fail: false, family: ours}}]"
    )
    from rustplan import resources

    found = Models(load_rules(resources.folder("rules"), mine).models).get("malloc")
    assert found is not None
    assert found.allocates is not None
    assert found.allocates.family == "ours"
    shipped = LOOKUP.get("malloc")
    assert shipped is not None
    assert shipped.allocates is not None
    assert shipped.allocates.family == "malloc"


def test_a_name_is_modelled_once_in_one_folder(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", OWN)
    write(tmp_path, "b.yaml", "functions: [{names: [other]}, {names: [pool_put]}]")
    (problem,) = problems(tmp_path)
    name = tmp_path.name
    assert (
        problem
        == f"{name}/models/b.yaml: functions[2]: 'pool_put' is modelled in {name}/models/a.yaml: functions[2] already"
    )


def test_a_folder_reached_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, "pool.yaml", OWN)
    assert len(load_models(tmp_path, tmp_path / "models" / "..")) == 2


def test_problems_of_rules_and_models_come_at_once(tmp_path: Path) -> None:
    write(tmp_path, "pool.yaml", OWN.replace("family: pool}", "famly: pool}"))
    (tmp_path / "rule.yaml").write_text("id: rule\n", encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path)
    places = {problem.split(": ")[0] for problem in caught.value.problems}
    assert places == {f"{tmp_path.name}/models/pool.yaml", f"{tmp_path.name}/rule.yaml"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "functions: [{names: [f], allocates: {byts: [1]}}]",
            "functions[1] (f): allocates.unknown key 'byts'; did you mean 'bytes'?",
        ),
        ("functions: [{name: [f]}]", "functions[1]: unknown key 'name'; did you mean 'names'?"),
        ("functions: [{keeps: [1]}]", "functions[1]: the key 'names' is missing"),
        (
            "functions: [{names: [f], writes: [{argument: 1}, {input: true}]}]",
            "writes[2].the key 'argument' is missing",
        ),
        ("functions: [{names: [f], writes: [{argument: x}]}]", "writes[1].argument: expected `int`, got `str`"),
        ("functions: [{names: [f], allocates: {fills: zeros}}]", "allocates.fills: invalid enum value 'zeros'"),
        ("functions: [{names: [f], keeps: [0]}]", "keeps: 0 is no argument; they count from 1 to"),
        ("functions: [{names: [f], writes: [{argument: 0}]}]", "writes[1].argument: 0 is no argument"),
        ("functions: [{names: [f], returns: {within: -1}}]", "returns.within: -1 is no argument"),
        ("functions: [{names: [f], asserts: 99}]", "asserts: 99 is no argument"),
        ("functions: [{names: []}]", "names is empty"),
        ("functions: [{names: [f, f]}]", "names: a name is given twice"),
        ("functions: [{names: ['std::f']}]", "'std::f' is no name of a C function"),
        ("functions: [{names: ['a*b']}]", "'a*b' is no name of a C function"),
        ("functions: [{names: ['*']}]", "'*' is no name of a C function"),
        ("functions: [{names: ['x*']}]", "'x*' is too short a beginning"),
        ("functions: [{names: [f], unit: 3}]", "unit is 3; it is one of 1, 2, 4, 8"),
        (
            "functions: [{names: [f], returns: {argument: 1, length_of: 1}}]",
            "returns: argument and length_of exclude each other",
        ),
        ("functions: [{names: [f], returns: {least: 2, most: 1}}]", "returns: least is more than most"),
        (
            "functions: [{names: [f], allocates: {}, reallocates: {argument: 1, bytes: [2]}}]",
            "it allocates or reallocates, not both",
        ),
        ("functions: [{names: [f], allocates: {at_most: [2]}}]", "at_most goes with copy_of"),
        ("functions: [{names: [f], reads: [{argument: 1, at_most: [2]}]}]", "reads[1]: at_most goes with string"),
        ("functions: [{names: [f], writes: [{argument: 1, pads: true}]}]", "writes[1]: pads needs at_most"),
        ("functions: [{names: [f], format: {argument: 2, limit: 1}}]", "format: limit goes with into"),
        ("functions: [{names: [f], asserts: 1, asserts_not: 2}]", "asserts and asserts_not exclude each other"),
        ("functions: [f]", "functions[1]: expected a mapping of keys"),
        ("functions: f", "functions: expected a list of mappings"),
        ("function: []", "unknown key 'function'; did you mean 'functions'?"),
        ("[]", "a file of models holds one mapping of keys"),
        ("names: [", "line "),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, expected: str) -> None:
    found = problems(write(tmp_path, "m.yaml", text))
    assert any(expected in one for one in found), found
    assert all(one.startswith(f"{tmp_path.name}/models/m.yaml: ") for one in found)


def test_hostile_files_end_with_problems(tmp_path: Path) -> None:
    huge = "9" * 400
    write(tmp_path, "number.yaml", f"functions: [{{names: [f], keeps: [{huge}], returns: {{least: -{huge}}}}}]")
    write(tmp_path, "digits.yaml", f"functions: [{{names: [f], unit: {'9' * 6000}}}]")
    write(tmp_path, "deep.yaml", "functions: " + "[" * 3000 + "]" * 3000)
    write(tmp_path, "large.yaml", "note: " + "x" * (1 << 21))
    write(tmp_path, "name.yaml", f"functions: [{{names: [{'f' * 100_000}]}}]")
    write(tmp_path, "many.yaml", "functions:\n" + "".join(f"- {{names: [f{n}]}}\n" for n in range(MAX_FUNCTIONS + 1)))
    (tmp_path / "models" / "dangling.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "models" / "loop").symlink_to(tmp_path / "models", target_is_directory=True)
    found = problems(tmp_path)
    told = {one.split(": ")[0].rsplit("/", 1)[1] for one in found}
    assert told == {
        "number.yaml",
        "digits.yaml",
        "deep.yaml",
        "large.yaml",
        "name.yaml",
        "many.yaml",
        "dangling.yaml",
    }
    assert max(map(len, found)) < 400


def test_a_file_that_is_wrong_everywhere_is_told_in_bounds() -> None:
    models, found = decode_models({"functions": [{"names": ["f"], "wrong": 1}] * 2000})
    assert models == ()
    assert len(found) == MAX_PROBLEMS
