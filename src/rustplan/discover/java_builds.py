"""What Maven, Gradle and Ant files say of the release of Java that they compile for, read by their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_VALUE = r"\s{0,8}([\w.${}-]{1,80}?)\s{0,8}<"
_MAVEN = re.compile(
    r"<(maven\.compiler\.(?:release|source|target)|maven\.compile\.(?:source|target)|java\.version|javaVersion|java\.release|jdk\.version|javac\.(?:source|target))>"
    + _VALUE
)
_MAVEN_PLUGIN = re.compile(r"<(release|source|target|jdkVersion)>" + _VALUE)
_COMPILER = "maven-compiler-plugin"
_REFERENCE = re.compile(r"\$\{([\w.-]{1,60})\}")
_PLUGIN_LINES = 25

_GRADLE = re.compile(
    r"\b(sourceCompatibility|targetCompatibility|options\.release|release\.set|JavaLanguageVersion\.of|javaLanguageVersion|javaVersion|java_version)\b"
    r"(?:\.set)?\s{0,4}(?:=|\(|\s)\s{0,4}(?:JavaVersion\.|JavaLanguageVersion\.of\(|project\.|ext\.)?[\"']?([\w.]{1,40})"
)
_GRADLE_VARIABLE = re.compile(
    r"^\s{0,40}(?:def |val |var |ext\.)?(\w{1,60})\s{0,4}=\s{0,4}[\"']?((?:1\.)?\d{1,2})[\"']?,?\s*$"
)
_GRADLE_TEST = re.compile(r"(?i)\btest|\bjmh")

_FLAG = re.compile(r"(?<![\w-])(-source|-target|--release)[\"']?[\s,=]{1,4}[\"']?((?:1\.)?\d{1,2})\b")

_ANT = re.compile(r"\b(source|target|release)=\"((?:1\.)?\d{1,2})\"")
_ANT_PROPERTY = re.compile(
    r"<property\s{1,8}name=\"([\w.-]{0,40}(?:source|target|release|java\.version))\"\s{1,8}value=\"((?:1\.)?\d{1,2})\""
)


def maven_places(lines: tuple[str, ...], known: Mapping[str, str]) -> Iterator[tuple[int, str, str, bool]]:
    """Settings of the compiler in a `pom.xml`; `known` are properties of all of them that are numbers.

    Those of a profile hold only when somebody turns it on, so they say nothing for sure of production.
    """
    compiler = profiles = 0
    for number, line in enumerate(lines, start=1):
        profiles += line.count("<profile>") - line.count("</profile>")
        if _COMPILER in line:
            compiler = number
        elif "</plugin>" in line:
            compiler = 0
        asked = [_MAVEN.finditer(line)]
        if compiler and number - compiler <= _PLUGIN_LINES:
            asked.append(_MAVEN_PLUGIN.finditer(line))
        for matches in asked:
            for match in matches:
                value = _REFERENCE.sub(lambda one: known.get(one.group(1), ""), match.group(2))
                yield number, match.group(1), value, profiles == 0


def compiler_flags(lines: tuple[str, ...], _known: Mapping[str, str]) -> Iterator[tuple[int, str, str, bool]]:
    """Flags of `javac` in a makefile, a CMake list or an sbt build."""
    for number, line in enumerate(lines, start=1):
        for match in _FLAG.finditer(line):
            yield number, f"javac {match.group(1)}", match.group(2), True


def gradle_places(lines: tuple[str, ...], _known: Mapping[str, str]) -> Iterator[tuple[int, str, str, bool]]:
    """Compatibility, release and toolchain in a Gradle file; names of plain numbers in the same file are put in."""
    numbers = {match.group(1): match.group(2) for line in lines if (match := _GRADLE_VARIABLE.match(line))}
    for number, line in enumerate(lines, start=1):
        match = None if _GRADLE_TEST.search(line) else _GRADLE.search(line)
        if match is not None:
            yield number, match.group(1), numbers.get(match.group(2), match.group(2)), True


def ant_places(lines: tuple[str, ...], _known: Mapping[str, str]) -> Iterator[tuple[int, str, str, bool]]:
    """Attributes of `javac` tasks in a `build.xml`, and properties named after them."""
    since = 0
    for number, line in enumerate(lines, start=1):
        if "<javac" in line:
            since = number
        if since and number - since <= 10:
            for match in _ANT.finditer(line):
                yield number, f"javac {match.group(1)}", match.group(2), True
        if since and ">" in line.partition("<javac")[2 if "<javac" in line else 0]:
            since = 0
        for match in _ANT_PROPERTY.finditer(line):
            yield number, match.group(1), match.group(2), True
