"""The words of build files that name a library or a machine, by the kind of file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rustplan.model.build_notes import MentionKind

_NAME = r"[A-Za-z0-9][\w.+-]{0,60}"
_LINK = re.compile(r"(?<![\w./-])-l(" + _NAME + r")(?![\w/])")
_CMAKE = re.compile(r"(?i)\b(?:find_package|find_dependency)\s{0,4}\(\s{0,8}(" + _NAME + r")")
_CMAKE_LIBRARY = re.compile(r"(?i)\bfind_library\s{0,4}\([^)]{0,120}?\bNAMES\s{1,8}\"?(" + _NAME + r")")
_PKG = re.compile(r"(?i)\bpkg_(?:check_modules|search_module)\s{0,4}\(([^)]{1,300})\)")
_PKG_AUTOCONF = re.compile(r"\bPKG_(?:CHECK_MODULES|CHECK_EXISTS)\s{0,4}\(\s{0,4}([^)]{1,300})")
_PKG_SHELL = re.compile(r"\bpkg-config\s([^)`$;|&]{1,160})")
_AUTOCONF = re.compile(r"\bAC_(?:CHECK_LIB|SEARCH_LIBS)\s{0,4}\(\s{0,4}\[?(" + _NAME + r")\]?\s{0,4},")
_MESON = re.compile(
    r"(?<![\w.])dependency\s{0,4}\(\s{0,8}'(" + _NAME + r")'|\.find_library\s{0,4}\(\s{0,4}'(" + _NAME + r")'"
)
_PC = re.compile(r"^(?:Requires|Requires\.private)\s{0,4}:\s{0,4}(.{1,300})$")
_CONAN = re.compile(
    r"^\s{0,20}(?:self\.requires\(|requires\s{0,4}=\s{0,4})?[\[(]?\s{0,4}[\"']?(" + _NAME + r")/\d[\w.]{0,30}"
)
_VCPKG = re.compile(r"\"(?:name\"\s{0,4}:\s{0,4}\")?(" + _NAME + r")\"")
_WORD = re.compile(_NAME)
_GRADLE = re.compile(r"[\"']([\w.-]{2,80}:[\w.-]{2,80})(?::[^\"'\s]{0,60})?[\"']")
_GRADLE_MAP = re.compile(
    r"group\s{0,4}[:=]\s{0,4}[\"']([\w.-]{2,80})[\"']\s{0,4},\s{0,4}name\s{0,4}[:=]\s{0,4}[\"']([\w.-]{2,80})[\"']"
)
_GRADLE_MODULE = re.compile(r"\bmodule\s{0,4}=\s{0,4}\"([\w.-]{2,80}:[\w.-]{2,80})\"")
_GRADLE_USE = re.compile(r"\b(?:implementation|api|compile|compileOnly|runtimeOnly|runtime|library)\b")
_MAVEN = re.compile(
    r"<dependency>\s{0,200}<groupId>\s{0,20}([\w.${}-]{2,80})\s{0,20}</groupId>\s{0,200}<artifactId>\s{0,20}([\w.${}-]{2,80})\s{0,20}</artifactId>"
    r"(.{0,600}?)</dependency>",
    re.DOTALL,
)
_PACKAGE_WORD = frozenset(
    [
        "required",
        "quiet",
        "imported_target",
        "global",
        "no_cmake_path",
        "libs",
        "cflags",
        "static",
        "exists",
        "modversion",
        "version",
    ]
)

_TOOL = re.compile(
    r"(?<![\w/.-])(?:[\w./${}()-]{0,80}/)?("
    r"(?:aarch64-linux-gnu|arm-linux-gnueabi(?:hf)?|arm-none-eabi|mips(?:el)?-linux-gnu|riscv64-linux-gnu|riscv32-unknown-elf|riscv-none-(?:elf|embed)"
    r"|xtensa-[\w-]{2,20}-elf|sh4-linux-gnu|sh-elf|avr|msp430(?:-elf)?|xc16|xc32|xc-dsc|tricore(?:-elf)?|v850-elf|rl78-elf|rx-elf|mb|nios2-elf|arc-elf32)-g(?:cc|\+\+)"
    r"|xc8-cc|sdcc|iccarm|iccavr|icc430|icc8051|iccrl78|iccrx|iccrh850|iccv850|armclang|armcc|tiarmclang|cl430|cl2000|cl6x|cl55|ccrx|ccrl|ccrh|cctc|hexagon-clang|xt-xcc|xt-clang|emcc|em\+\+)"
    r"(?:\.exe)?(?![\w-])"
)
_PREFIX = re.compile(
    r"\b(?:CROSS_COMPILE|CROSS|TOOLCHAIN_PREFIX|PREFIX)\s{0,4}[?:+]?=\s{0,4}[\w./-]{0,80}?((?:arm-none-eabi|avr|msp430-elf|aarch64-linux-gnu|arm-linux-gnueabi(?:hf)?|xtensa-[\w-]{2,20}-elf|mips(?:el)?-linux-gnu))-"
)
_TRIPLE = re.compile(
    r"(?<![\w.-])((?:x86_64|i[3-6]86|aarch64|arm64|arm(?:v\d\w{0,4})?|powerpc(?:64)?(?:le)?|s390x|riscv(?:32|64)\w{0,8}|mips\w{0,10}|loongarch64|sparc(?:64|v9)?|m68k|hppa(?:64)?|alpha|ia64|sh4|wasm32|thumbv\w{1,10}|hexagon|csky|or1k|microblaze(?:el)?|nios2|tricore|vax)"
    r"-[a-z0-9_]{2,12}(?:-[a-z0-9_]{2,16}){0,2})(?![\w-])"
)
_OF_SYSTEM = re.compile(
    r"linux|android|darwin|ios|windows|mingw|msvc|freebsd|netbsd|openbsd|solaris|sunos|elf|none|eabi|musl|gnu|wasi|emscripten|unknown|vxworks|nto|rtems|haiku|aix"
)
_CPU = re.compile(r"(?<![\w-])-m(?:arch|cpu|mcu)=([\w.+-]{2,40})")
_CMAKE_CPU = re.compile(
    r"\bset\s{0,4}\(\s{0,4}(?:CMAKE_SYSTEM_PROCESSOR|CMAKE_OSX_ARCHITECTURES|CMAKE_SYSTEM_NAME)\s{1,8}\"?([\w.;-]{2,60})"
)
_ABI = re.compile(r"(?<!\w)(?:abiFilters|ABI_FILTERS|APP_ABI|ANDROID_ABI)\b[^\w]{1,12}([\w\"', ;-]{3,120})")
_ABI_NAME = re.compile(r"arm64-v8a|armeabi-v7a|armeabi|x86_64|x86|mips64|mips")
_DEBIAN_ARCH = re.compile(r"^Architecture:\s{0,4}([\w !-]{2,300})")
_KCONFIG = re.compile(r"^\s{0,8}(?:ARCH|SUBARCH|SRCARCH)\s{0,4}[?:]?=\s{0,4}([a-z0-9_]{2,20})\s*$")
_RUNNER = re.compile(r"\bruns-on:\s{0,8}[\[\"']{0,2}(ubuntu|windows|macos)-(?![\w.-]{0,20}arm)[\w.-]{2,30}")
_DOCKER = re.compile(r"--platform[= ]{1,2}(linux/[\w/,]{3,60})|\bplatforms?:\s{0,4}(linux/[\w/, ]{3,120})")
_MCU = re.compile(
    r"(?i)\b(?:MCU|DEVICE|CHIP|board_build\.mcu|-mcpu|-mprocessor)\s{0,4}[?:]?=\s{0,4}((?:dspic3[03]|pic(?:24|16f|18f)|atmega|attiny|msp430|esp32|esp8266|esp32c3|esp32s[23])\w{0,20})"
)
_XML_TOOL = (
    ("ewp", re.compile(r"<name>(ARM|AVR|MSP430|RL78|RX|RH850|8051|V850)</name>")),
    ("uvprojx", re.compile(r"<pArmCC>|<pCCUsed>")),
)
_IAR = {
    "ARM": "tool:iccarm",
    "AVR": "tool:iccavr",
    "MSP430": "tool:icc430",
    "RL78": "tool:iccrl78",
    "RX": "tool:iccrx",
    "RH850": "tool:iccrh850",
    "8051": "tool:icc8051",
    "V850": "tool:iccv850",
}


def packages_of(path: str, text: str) -> Iterator[tuple[MentionKind, str, int]]:
    """Libraries that a file asks for, with the line (from 1). Comments are left out."""
    name = path.rpartition("/")[2]
    if name == "pom.xml":
        yield from _maven(text)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if not line or line.lstrip().startswith(("#", "dnl ", "//")):
            continue
        short = line[:2000]
        if "gradle" in name or name == "libs.versions.toml":
            yield from ((MentionKind.MAVEN, found, number) for found in _gradle(name, short))
            continue
        if "-l" in short:
            yield from ((MentionKind.LINK, match.group(1), number) for match in _LINK.finditer(short))
        if "(" in short or ":" in short or "/" in short or '"' in short or "pkg-config" in short:
            yield from ((kind, found, number) for kind, found in _asked(name, short))


def _asked(name: str, line: str) -> Iterator[tuple[MentionKind, str]]:
    if name == "CMakeLists.txt" or name.endswith(".cmake"):
        yield from ((MentionKind.PACKAGE, match.group(1)) for match in _CMAKE.finditer(line))
        yield from ((MentionKind.LINK, match.group(1)) for match in _CMAKE_LIBRARY.finditer(line))
        yield from _words(match.group(1).partition(" ")[2] for match in _PKG.finditer(line))
    elif name.endswith((".ac", ".in", ".m4")) and not name.endswith(".pc.in"):
        yield from ((MentionKind.LINK, match.group(1)) for match in _AUTOCONF.finditer(line))
        yield from _words(match.group(1).partition(",")[2] for match in _PKG_AUTOCONF.finditer(line))
    elif name == "meson.build":
        for match in _MESON.finditer(line):
            yield (MentionKind.PACKAGE, match.group(1)) if match.group(1) else (MentionKind.LINK, match.group(2))
    elif name.endswith(".pc.in"):
        yield from _words(match.group(1) for match in _PC.finditer(line))
    elif name.startswith("conanfile"):
        yield from ((MentionKind.PACKAGE, match.group(1)) for match in _CONAN.finditer(line))
    elif name == "vcpkg.json":
        yield from ((MentionKind.PACKAGE, match.group(1)) for match in _VCPKG.finditer(line))
    if "pkg-config" in line:
        yield from _words(match.group(1) for match in _PKG_SHELL.finditer(line))


def _words(texts: Iterator[str]) -> Iterator[tuple[MentionKind, str]]:
    for text in texts:
        for word in _WORD.findall(text)[:20]:
            if word.lower() not in _PACKAGE_WORD and not word[0].isdigit():
                yield MentionKind.PACKAGE, word


def _gradle(name: str, line: str) -> Iterator[str]:
    if name == "libs.versions.toml":
        yield from (match.group(1) for match in _GRADLE_MODULE.finditer(line))
        line_is_use = True
    else:
        line_is_use = _GRADLE_USE.search(line) is not None
    if line_is_use:
        yield from (match.group(1) for match in _GRADLE.finditer(line))
        yield from (f"{match.group(1)}:{match.group(2)}" for match in _GRADLE_MAP.finditer(line))


def _maven(text: str) -> Iterator[tuple[MentionKind, str, int]]:
    """Dependencies of a `pom.xml` that are not for tests alone."""
    for match in _MAVEN.finditer(text):
        if "<scope>test</scope>" not in match.group(3):
            yield MentionKind.MAVEN, f"{match.group(1)}:{match.group(2)}", text.count("\n", 0, match.start()) + 1


_LITERALS = (
    (
        _TOOL,
        ("gcc", "g++", "xc8", "sdcc", "icc", "armc", "clang", "cl4", "cl2", "cl6", "cl5", "ccr", "cctc", "xt-", "em"),
    ),
    (_PREFIX, ("CROSS", "PREFIX")),
    (
        _TRIPLE,
        (
            "linux",
            "android",
            "darwin",
            "ios",
            "windows",
            "mingw",
            "bsd",
            "solaris",
            "sun",
            "elf",
            "none",
            "musl",
            "gnu",
            "unknown",
            "nto",
        ),
    ),
    (_CPU, ("-march=", "-mcpu=", "-mmcu=")),
    (_MCU, ("MCU", "mcu", "DEVICE", "device", "CHIP", "chip", "-mprocessor")),
    (_CMAKE_CPU, ("CMAKE_SYSTEM", "CMAKE_OSX")),
    (_ABI, ("abiFilters", "ABI_FILTERS", "APP_ABI", "ANDROID_ABI")),
    (_DEBIAN_ARCH, ("Architecture:",)),
    (_KCONFIG, ("ARCH",)),
    (_RUNNER, ("runs-on:",)),
    (_DOCKER, ("platform",)),
)
"""What a line must hold before its expression is tried: most lines hold none."""


def patterns_in(text: str) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """Return the expressions that can match somewhere in a text, each with its literals."""
    found = []
    for pattern, literals in _LITERALS:
        here = tuple(one for one in literals if one in text)
        if here:
            found.append((pattern, here))
    return tuple(found)


def machines_of(path: str, line: str, patterns: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]) -> Iterator[str]:
    """Processors, triples, ABIs and compilers on a line; `patterns` are those of its file."""
    for pattern, literals in patterns:
        if any(one in line for one in literals):
            for match in pattern.finditer(line):
                yield from _machine_names(path, pattern, match)
    for ending, pattern in _XML_TOOL:
        if path.endswith(ending):
            yield from (
                _IAR.get(match.group(1), "") if match.groups() else "tool:armcc" for match in pattern.finditer(line)
            )


def _machine_names(path: str, pattern: re.Pattern[str], match: re.Match[str]) -> Iterator[str]:
    """What one match speaks of; a list of architectures or ABIs is taken apart."""
    found = next((group for group in match.groups() if group), "")
    if pattern is _TOOL:
        yield f"tool:{found}"
    elif pattern is _PREFIX:
        yield f"tool:{found}-gcc"
    elif pattern is _TRIPLE:
        if _OF_SYSTEM.search(found):
            yield found
    elif pattern is _CPU:
        yield found.split("+")[0]
    elif pattern is _CMAKE_CPU:
        yield from found.split(";")
    elif pattern is _ABI:
        yield from _ABI_NAME.findall(found)
    elif pattern is _DEBIAN_ARCH:
        if path.endswith("debian/control"):
            yield from (word for word in found.split() if word not in ("any", "all") and not word.startswith("!"))
    elif pattern is _RUNNER:
        yield {"ubuntu": "x86_64", "windows": "windows", "macos": "macos"}[found]
    elif pattern is _DOCKER:
        yield from (part.split("/")[1] for part in re.split(r"[, ]+", found) if "/" in part)
    else:
        yield found
