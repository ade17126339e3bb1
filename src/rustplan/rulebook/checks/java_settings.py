"""Checks of lines that set up a Java virtual machine: flags of the collector, small heaps and containers, and what is a dependency."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from rustplan.catalog.java_settings import FlagRow, load_java_settings
from rustplan.model.source import Role
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place
from rustplan.rulebook.text_view import TextView, kind_of

_MOST_LINES_ABOVE = 40
_STRONG, _TELLING = 3, 2
LONGEST_SHOWN = 60
"""Characters of a capture that a message prints."""

_FLAG = re.compile(
    r"-XX:(?P<sign>[+-]?)(?P<name>\w{1,60})(?:=(?P<value>[\w.%]{1,20}))?"
    r"|-X(?P<policy>gcpolicy:\w{1,20})|-X(?P<young>mn)(?P<size>\w{1,20})|-D(?P<property>[\w.]{1,60})=(?P<number>\w{1,20})"
)
_JDKS = re.compile(r"^\s{0,20}(\d{1,2}-?\d{0,2}):-")
_SIZE = re.compile(r"(\d{1,12})([kKmMgGtT]?)")
_BUILD_FILES = re.compile(
    r"(?:^|/)(?:\.github|\.circleci|\.buildkite|\.gitlab|\.mvn|\.teamcity)/|(?:^|/)(?:\.?travis|\.gitlab-ci|\.?appveyor|azure-pipelines|bitbucket-pipelines|Jenkinsfile|gradlew|mvnw)\b"
)
_BUILD_VARIABLES = re.compile(
    r"\b(?:MAVEN|GRADLE|ANT|SBT|MVN|LEIN|BAZEL|BUCK)_(?:OPTS|ARGS)\b|\borg\.gradle\.jvmargs\b|\bkotlin\.daemon\b|\bmvn\b|\bmvnw\b"
)
_ONLY_SAID = re.compile(r"^\s{0,40}@?(?:echo|printf|print|rem)\b|\bgrep\b")
_TEST_BLOCK = re.compile(
    r"(?i)<[\w.]{0,40}argLine[\w.]{0,40}>|\btest\b[^{]{0,40}\{|\bwithType\(\s{0,4}Test\b|\b\w{1,20}Test\w{0,4}\s{0,4}\{|\bjmh\w{0,20}\b"
)
_RUN_BLOCK = re.compile(
    r"(?i)<(?:jvmArguments|jvmFlags?|jvmArgs|jvmOptions|extraJvmArguments?|options)>|\b(?:application\w{0,12}|bootRun|run|jib|JavaExec)\b"
)
_SET = re.compile(r"-XX:([+-]?\w{1,60}(?:=\w{1,20})?)")

_RUNS_JAVA = re.compile(
    r"-XX:[+-]?\w|-Xm[sx]\w|\b(?:JAVA|JDK_JAVA|JAVA_TOOL|CATALINA)_OPT(?:ION)?S\b|\bJAVA_HOME\b|\b\w{0,40}_?(?:JVM|JAVA)_(?:\w{1,20}_)?(?:OPTS|ARGS|OPTIONS)\b"
    r"|\bjava\b['\", -]{1,6}[\w.$\"'{-]|\w\.jar\b|\bSPRING_[A-Z]{3}|\bQUARKUS_[A-Z]{3}"
    r"|(?i:(?:openjdk|temurin|corretto|zulu|liberica|sapmachine|semeru|graalvm|distroless/java|tomcat|jetty)\b|\bimage:.{1,120}(?:spring|quarkus|micronaut|helidon|vertx|java|jvm)\b)"
)
_NAMES_COLLECTOR = re.compile(r"-XX:\+Use(?:G1|Z|Shenandoah|Parallel|Epsilon|Serial|ConcMarkSweep)GC\b")
_COMPOSE = re.compile(r"(?m)^services:")
_MOST_OF_SERVICE = 80
_MEMORY = re.compile(r"[\"']?(\d{1,12})(?:\.\d{1,3})?\s?([kKmMgG]?)(i?)[bB]?[\"']?\s*$")
_PROCESSORS = re.compile(r"[\"']?(\d{1,6}(?:\.\d{1,6})?)(m?)[\"']?\s*$")
_MIB = {"": 1 / (1 << 20), "k": 1 / 1024, "m": 1.0, "g": 1024.0, "t": 1024.0 * 1024}

_SCOPE = re.compile(r"<(?:scope>\s{0,4}(?:test|import)|optional>\s{0,4}true)\b")
_OPENING = re.compile(r"<(dependency|exclusion|plugin|parent|/exclusion|/dependency)>")
_NOT_SHIPPED = re.compile(
    r"(?i)\b\w{0,20}test\w{0,30}\s{0,2}[\s(\"']|\bexclude\b|\bjmh\w{0,20}\b"
    r"|^\s{0,20}(?:package\b|import\b|(?:def |val |ext\.|project\.)?\w{0,30}group(?:Id)?\s{0,4}=?\s{0,4}[\"'])"
)


def strong_gc_flag(place: Place, file: FileView) -> Place | None:
    """Keep a flag that is set for the program's own JVM, by choice, and says that pauses are fought."""
    return _flag(place, file, _STRONG)


def telling_gc_flag(place: Place, file: FileView) -> Place | None:
    """Keep a flag that is set for the program's own JVM, by choice, and says something about pauses."""
    return _flag(place, file, _TELLING)


def gc_flag(place: Place, file: FileView) -> Place | None:
    """Keep a flag of the collector; one that may be copied, or is for tests, says so."""
    return _flag(place, file, 1)


def for_program(place: Place, file: FileView) -> Place | None:
    """Keep a setting of the program's own JVM: neither that of the build nor that of its tests."""
    return place if isinstance(file, TextView) and not _of_build(place, file) and not _of_tests(place, file) else None


def small_heap(place: Place, file: FileView) -> Place | None:
    """Keep a largest heap of few MiB that the program itself is given."""
    size = _SIZE.search(file.text(place.captures["size"]))
    mib = int(size.group(1)) * _MIB[size.group(2).lower()] if size is not None else 0
    if not 0 < mib <= load_java_settings().small.heap_mib or for_program(place, file) is None:
        return None
    return _said(place, f"gives the heap {mib:g} MiB")


def small_container(place: Place, file: FileView) -> Place | None:
    """Keep a limit of memory of a container that runs Java."""
    amount = _MEMORY.search(file.text(place.captures["finding"]))
    if amount is None or not isinstance(file, TextView) or not _limits_java(place, file):
        return None
    mib = int(amount.group(1)) * _MIB[amount.group(2).lower()]
    is_small = 1 <= mib <= load_java_settings().small.container_mib
    return _said(place, f"limits a container that runs Java to {mib:g} MiB") if is_small else None


def few_processors(place: Place, file: FileView) -> Place | None:
    """Keep a limit of processors below which the JVM picks the Serial collector, unless a collector is named beside it."""
    amount = _PROCESSORS.search(file.text(place.captures["finding"]))
    if amount is None or not isinstance(file, TextView) or not _limits_java(place, file):
        return None
    processors = math.ceil(float(amount.group(1)) / (1000 if amount.group(2) else 1))
    if not 0 < processors < load_java_settings().small.serial_below_cpus:
        return None
    if _names_collector(file.document(place.line)):
        return None
    return _said(
        place, "leaves the JVM one processor: it picks the Serial collector by itself, which stops all threads"
    )


def sized_by_container(place: Place, file: FileView) -> Place | None:
    """Keep a heap of the program that is a share of the container's memory."""
    return None if for_program(place, file) is None else _said(place, "sizes the heap by the memory of its container")


def runtime_of_openj9(place: Place, file: FileView) -> Place | None:
    """Keep a policy of OpenJ9, whose footprint is small, that the program itself is given."""
    return (
        None if for_program(place, file) is None else _said(place, "is for OpenJ9, which is chosen for its footprint")
    )


def native_image(place: Place, file: FileView) -> Place | None:
    """Keep what compiles the program ahead of time."""
    if not isinstance(file, TextView) or file.role is Role.TEST:
        return None
    return _said(place, "compiles ahead of time: start and footprint matter")


def small_image(place: Place, file: FileView) -> Place | None:
    """Keep a base image that is chosen for footprint, pauses or small machines."""
    if not isinstance(file, TextView) or file.role is Role.TEST:
        return None
    return _said(place, "is a base image chosen for its footprint, its pauses or small machines")


def runs_java(place: Place, file: FileView) -> Place | None:
    """Keep a place in a file that starts a Java program."""
    return place if isinstance(file, TextView) and _is_run_by(file.document(place.line)) else None


def runtime_dependency(place: Place, file: FileView) -> Place | None:
    """Keep a dependency that ships with the program: none of tests, and none that is excluded."""
    if not isinstance(file, TextView) or file.role is Role.TEST:
        return None
    if kind_of(file.path) != ".xml":
        return None if _NOT_SHIPPED.search(file.text(place.captures["line"])) else place
    above = file.lines[max(0, place.line - 12) : place.line]
    opened = next((found[-1] for line in reversed(above) if (found := _OPENING.findall(line))), "")
    if opened != "dependency":
        return None
    for line in file.lines[place.line - 1 : place.line + 9]:
        if _SCOPE.search(line):
            return None
        if "</dependency>" in line or "<exclusions>" in line:
            break
    return place


def _flag(place: Place, file: FileView, least: int) -> Place | None:
    """The place with `flag` and `says`, when what it sets weighs enough where it stands."""
    written = _FLAG.match(file.text(place.captures["finding"]))
    if written is None or not isinstance(file, TextView) or _of_build(place, file):
        return None
    row = _row(written)
    if row is None:
        return None
    copied = _copied(written, file)
    is_weak = bool(copied) or file.role is not Role.SOURCE or _of_tests(place, file)
    if row.weight < least or (is_weak and least > 1):
        return None
    value = written["value"] or written["number"] or written["size"] or ""
    says = row.says.replace("{value}", value.removesuffix(".0"))
    place.captures |= {"flag": _jdks(file.lines[place.line - 1]) + written.group(), "says": _as_shipped(says, copied)}
    return place


def _row(written: re.Match[str]) -> FlagRow | None:
    """What the catalogue knows of a flag with that value; nothing for a flag that is turned the other way."""
    name = (written["sign"] or "") + (written["name"] or written["policy"] or written["young"] or written["property"])
    value = written["value"] or ""
    for row in load_java_settings().flags.rows:
        if row.flag == name and (
            row.up_to is None or (value.isascii() and value.isdigit() and 0 < int(value) <= row.up_to)
        ):
            return row
    return None


def _copied(written: re.Match[str], file: TextView) -> str:
    """The product that ships this flag with others of the file; empty when the value was chosen."""
    flag = written.group().removeprefix("-XX:")
    there: set[str] | None = None
    for row in load_java_settings().copied.rows:
        if flag in row.needs:
            there = there or set(_SET.findall(file.joined))
            if there.issuperset(row.needs):
                return row.product
    return ""


def _as_shipped(says: str, product: str) -> str:
    """What a flag says, with the product whose line it is; short enough for a message."""
    if not product:
        return says
    told = f"{says}, as {product} ships it"
    return told if len(told) <= LONGEST_SHOWN else f"is set as {product} ships it"


def _jdks(line: str) -> str:
    """The releases that a line of `jvm.options` is for, as it writes them: `8-13:`."""
    found = _JDKS.match(line)
    return "" if found is None else f"{found.group(1)}:"


def _of_build(place: Place, file: TextView) -> bool:
    """True for the JVM of the build tool or of a CI job, for test files, and for what is only printed."""
    line = file.lines[place.line - 1]
    if file.role is Role.TEST or _BUILD_FILES.search(file.path):
        return True
    return _BUILD_VARIABLES.search(line) is not None or _ONLY_SAID.search(line) is not None


def _of_tests(place: Place, file: TextView) -> bool:
    """True in a build file where the nearest block above configures tests, or none says what is configured."""
    kind = kind_of(file.path)
    if kind not in (".xml", ".gradle", ".kts"):
        return False
    return _test_lines(file.joined)[place.line - 1]


@lru_cache(maxsize=64)
def _test_lines(text: str) -> tuple[bool, ...]:
    """For each line, whether it configures tests: True unless the last block that opened, not far above, runs the program."""
    answers: list[bool] = []
    runs_until = 0
    for number, line in enumerate(text.split("\n")):
        if _TEST_BLOCK.search(line):
            runs_until = 0
        elif _RUN_BLOCK.search(line):
            runs_until = number + _MOST_LINES_ABOVE
        answers.append(number >= runs_until)
    return tuple(answers)


def _limits_java(place: Place, file: TextView) -> bool:
    """True for a line of `limits:`, or one that a compose file writes in one word, in a document that runs Java."""
    if file.role is Role.TEST or not _is_run_by(_service(place, file)):
        return False
    line = file.lines[place.line - 1]
    if re.match(r"\s{0,80}(?:mem_limit|cpus)\b", line) and not line.strip().startswith("cpus: []"):
        return True
    if re.search(r"\blimits:\s{0,4}\{", line):
        return True
    indent = len(line) - len(line.lstrip(" "))
    for above in reversed(file.lines[max(0, place.line - 1 - _MOST_LINES_ABOVE) : place.line - 1]):
        if above.strip() and len(above) - len(above.lstrip(" ")) < indent:
            return above.strip().rstrip(":").strip("\"'") == "limits"
    return False


def _service(place: Place, file: TextView) -> str:
    """The lines of one service of a compose file; the whole document elsewhere."""
    text = file.document(place.line)
    if not _COMPOSE.search(text):
        return text
    start, end = place.line - 1, place.line
    first, last = max(0, start - _MOST_OF_SERVICE), min(len(file.lines), end + _MOST_OF_SERVICE)
    while start > first and (not file.lines[start].strip() or file.lines[start].startswith("   ")):
        start -= 1
    while end < last and (not file.lines[end].strip() or file.lines[end].startswith("   ")):
        end += 1
    return "\n".join(file.lines[start:end])


@lru_cache(maxsize=256)
def _names_collector(text: str) -> bool:
    """True when a text picks a collector by name."""
    return _NAMES_COLLECTOR.search(text) is not None


@lru_cache(maxsize=256)
def _is_run_by(text: str) -> bool:
    """True when a text starts Java; asked once for all places of a document."""
    return _RUNS_JAVA.search(text) is not None


def _said(place: Place, says: str) -> Place:
    place.captures["says"] = says
    return place
