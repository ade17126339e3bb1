"""Which release of Java the tree is for: build files, base images, version files and CI jobs, read by their lines. Nothing is run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from rustplan.discover.files import read_head
from rustplan.discover.java_builds import ant_places, compiler_flags, gradle_places, maven_places
from rustplan.discover.roles import Folders, role_of_place
from rustplan.discover.walked import Walked
from rustplan.globs import Globs
from rustplan.model.java_level import JavaLevel, JavaLevelPlace
from rustplan.model.paths import model_path, raw_bytes
from rustplan.model.source import Role
from rustplan.rulebook.text_view import lines_without_comments

Said = Iterator[tuple[int, str, str, bool]]
"""Line from 1, setting, what it is set to, and whether production runs it."""

_MOST_FILES = 500
_MOST_BYTES = 256 * 1024
_MOST_PLACES = 200
_FIRST, _LAST = 5, 60
"""Releases of Java that a number may mean."""

_RELEASE = re.compile(
    r"(?:VERSION_|JavaSE-|jdk-?|java-?)?(?:1[._])?(\d{1,2})(?:[._u+\-]\w{0,20}){0,3}(?:\b|$)", re.IGNORECASE
)
_FROM = re.compile(r"(?i)^\s{0,8}FROM\s{1,8}(?:--platform=\S{1,80}\s{1,8})?(\S{1,200})(?:\s{1,8}AS\s{1,8}(\S{1,80}))?")
_ARG = re.compile(r"(?i)^\s{0,8}ARG\s{1,8}(\w{1,60})=[\"']?([\w.:-]{1,80})")
_IMAGE = re.compile(
    r"(?i)(?:^|/)(?:eclipse-temurin|openjdk|adoptopenjdk|amazoncorretto|zulu-openjdk(?:-\w{1,20})?|liberica-\w{1,30}|ibm-semeru-runtimes|sapmachine"
    r"|jdk(?:-community)?|(?:graalvm|native-image)(?:-\w{1,20})?|jre|java|maven|gradle):(?:[\w.]{0,30}?(?:jdk|jre|openjdk|corretto|temurin|java|open|ubi|ol)-?)?(\d[\w.]{0,20})"
)
_IMAGE_NAME = re.compile(r"(?i)(?:distroless/java|openjdk-?|jdk-?|java-)(\d{1,2})(?:-\w{1,20})?(?:[:@]|$)")
_BUILD_IMAGE = re.compile(r"(?i)(?:^|/)(?:maven|gradle):[^\s]{0,40}?(?:jdk|temurin|corretto|openjdk|java)-?(\d{1,2})")
_VERSION_LINE = re.compile(r"^\s{0,8}(?:java[ =:]{1,3})?(?:[a-z-]{1,20}-)?(\d{1,2}(?:\.\d{1,3}){0,3}\S{0,30})\s*$")
_CI_KEY = re.compile(r"^\s{0,80}-?\s{0,8}[\"']?(?:java-version|java_version|java|jdk)[\"']?\s{0,2}:\s{0,8}(.{1,200})$")
_CI_NUMBER = re.compile(r"(?<![\w.])(?:[a-z]{1,12}-?)?((?:1\.)?\d{1,2})(?:\.\d{1,3}){0,2}(?:-ea)?(?![\w.])")
_MANIFEST = re.compile(
    r"^(Build-Jdk-Spec|Bundle-RequiredExecutionEnvironment|Require-Capability): (?:.{0,200}?(?:JavaSE-|version=))?((?:1\.)?\d{1,2})\b"
)
_BAZEL = re.compile(r"--(java_language_version|java_runtime_version)[= ](?:[a-z]{1,20}_)?(\d{1,2})\b")
_TOOLCHAIN = re.compile(r"<version>\s{0,8}\[?((?:1\.)?\d{1,2})")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Which files are read, and how."""

    files: Globs
    read: Callable[[tuple[str, ...], Mapping[str, str]], Said]


def find_java_level(walked: Walked, folders: Folders) -> JavaLevel:
    """Return the lowest release that production uses by the files of the tree; test, vendored and built ones say nothing."""
    texts = _texts(walked, folders)
    known: dict[str, str] = {}
    for path, lines in texts:
        if path.endswith("pom.xml"):
            for match in _PROPERTY.finditer("\n".join(lines)):
                known.setdefault(match.group(1), match.group(2))
    places: list[JavaLevelPlace] = []
    for path, lines in texts:
        for reader in _READERS:
            if reader.files.match(path) and len(places) < _MOST_PLACES:
                places += _places(path, reader.read(lines, known))
    return decide(places[:_MOST_PLACES])


def decide(places: Iterable[JavaLevelPlace]) -> JavaLevel:
    """Return the lowest release in production; without one, the lowest that anybody uses."""
    ordered = tuple(sorted(set(places)))
    telling = [place for place in ordered if place.is_production] or ordered
    if not telling:
        return JavaLevel(because="No build file, base image, version file or CI job names a release of Java.")
    lowest = min(telling, key=lambda place: (place.release, place))
    told = f"{lowest.what} in {lowest.path}:{lowest.line} is the lowest"
    because = (
        f"{told}." if lowest.is_production else f"{told}; it need not be what production runs, of which nothing tells."
    )
    return JavaLevel(release=lowest.release, because=because, evidence=ordered)


def release_of(text: str) -> int | None:
    """The release that `17`, `1.8`, `17.0.9-tem` or `VERSION_11` names; None for anything else."""
    match = _RELEASE.match(text.strip().strip("\"'"))
    number = int(match.group(1)) if match is not None else 0
    return number if _FIRST <= number <= _LAST else None


def _texts(walked: Walked, folders: Folders) -> list[tuple[str, tuple[str, ...]]]:
    """Path and lines of the files that may say something, nearest to the root first."""
    wanted = Globs(_NAMES)
    found: list[tuple[str, tuple[str, ...]]] = []
    for path in sorted(walked.files, key=lambda path: (path.count("/"), path)):
        if len(found) == _MOST_FILES:
            break
        if wanted.match(path) and role_of_place(path, folders) is Role.SOURCE:
            try:
                data = read_head(walked.root + b"/" + raw_bytes(path), _MOST_BYTES)
            except OSError:
                continue  # the manifest reader, or the walk, has told of it
            found.append((path, lines_without_comments(path, data)))
    return found


def _places(path: str, said: Said) -> Iterator[JavaLevelPlace]:
    for line, what, value, is_production in said:
        release = release_of(value)
        if release is not None:
            yield JavaLevelPlace(
                path=model_path(path), line=line, release=release, what=what, is_production=is_production
            )


def _images(lines: tuple[str, ...], _known: Mapping[str, str]) -> Said:
    """Base images of a container file: the last stage runs, the others build."""
    arguments: dict[str, str] = {}
    stages: list[tuple[int, str, str]] = []
    for number, line in enumerate(lines, start=1):
        for match in _ARG.finditer(line):
            arguments[match.group(1)] = match.group(2)
        stage = _FROM.match(line)
        if stage is not None:
            image = re.sub(
                r"\$\{?(\w{1,60})(?::-[^}]{0,60})?\}?", lambda one: arguments.get(one.group(1), ""), stage.group(1)
            )
            stages.append((number, image, stage.group(2) or ""))
    named = {name: (number, image) for number, image, name in stages if name}
    for place, (number, image, _) in enumerate(stages):
        is_last = place == len(stages) - 1
        at, image = named.get(image, (number, image)) if is_last else (number, image)
        builds = _BUILD_IMAGE.search(image)
        found = builds or _IMAGE_NAME.search(image) or _IMAGE.search(image)
        if found is not None:
            yield at, f"base image {image}", found.group(1), is_last and builds is None


def _version_file(lines: tuple[str, ...], _known: Mapping[str, str]) -> Said:
    for number, line in enumerate(lines[:50], start=1):
        match = _VERSION_LINE.match(line)
        if match is not None:
            yield number, "version file", match.group(1), False


def _workflow(lines: tuple[str, ...], _known: Mapping[str, str]) -> Said:
    """`java-version` of a job, and the matrix that it may come from."""
    for number, line in enumerate(lines, start=1):
        key = _CI_KEY.match(line)
        if key is not None:
            for value in _CI_NUMBER.findall(key.group(1)):
                yield number, "CI job", value, False


def _manifest(lines: tuple[str, ...], _known: Mapping[str, str]) -> Said:
    for number, line in enumerate(lines, start=1):
        match = _MANIFEST.match(line)
        if match is not None:
            yield number, match.group(1), match.group(2), True


def _bazel(lines: tuple[str, ...], _known: Mapping[str, str]) -> Said:
    for number, line in enumerate(lines, start=1):
        for match in _BAZEL.finditer(line):
            yield number, match.group(1), match.group(2), True


def _toolchains(lines: tuple[str, ...], _known: Mapping[str, str]) -> Said:
    for number, line in enumerate(lines, start=1):
        for match in _TOOLCHAIN.finditer(line):
            yield number, "Maven toolchain", match.group(1), False


_PROPERTY = re.compile(r"<([\w.-]{1,60})>\s{0,8}((?:1\.)?\d{1,2})\s{0,8}</")
_BY_NAMES: tuple[tuple[tuple[str, ...], Callable[[tuple[str, ...], Mapping[str, str]], Said]], ...] = (
    (("pom.xml",), maven_places),
    (("*.gradle", "*.gradle.kts", "gradle.properties"), gradle_places),
    (("build.xml",), ant_places),
    (("Makefile", "*.mk", "CMakeLists.txt", "build.sbt"), compiler_flags),
    (("Dockerfile*", "*.dockerfile", "Containerfile"), _images),
    ((".java-version", ".sdkmanrc", ".tool-versions"), _version_file),
    ((".github/workflows/*.yml", ".github/workflows/*.yaml"), _workflow),
    (("MANIFEST.MF",), _manifest),
    ((".bazelrc",), _bazel),
    (("toolchains.xml",), _toolchains),
)
_NAMES = tuple(name for names, _ in _BY_NAMES for name in names)
_READERS = tuple(_Reader(Globs(names), read) for names, read in _BY_NAMES)
