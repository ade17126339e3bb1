"""Signal handlers: what they call, themselves or one call further, and what they write."""

from __future__ import annotations

import re

from rustplan.model.facts import GlobalVariable
from rustplan.model.finding import RelatedLocation
from rustplan.rulebook.checks.paths import evaluated
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, bare, line_of
from rustplan.syntax import Node

_UNSAFE_NAMES = (
    # standard input and output
    "printf fprintf dprintf vdprintf sprintf snprintf vprintf vfprintf vsprintf vsnprintf asprintf vasprintf puts fputs putchar putc fputc fwrite "
    "fread fgets gets getline getc fgetc getchar ungetc scanf fscanf sscanf fflush fopen fdopen freopen fclose fseek ftell rewind setbuf setvbuf "
    "popen pclose perror tmpfile remove "
    # the heap, and what allocates
    "malloc calloc realloc reallocarray free strdup strndup wcsdup posix_memalign aligned_alloc memalign valloc "
    # ending the program by its own clean-up
    "exit atexit at_quick_exit quick_exit "
    # logs, locales, the environment, users, time
    "syslog vsyslog openlog closelog setlocale localeconv getenv setenv putenv unsetenv localtime localtime_r gmtime gmtime_r ctime ctime_r asctime "
    "strftime mktime tzset strerror strerror_r strsignal psignal getpwnam getpwuid getgrnam getgrgid getlogin getaddrinfo freeaddrinfo "
    "gethostbyname gethostbyaddr gethostname rand srand random srandom qsort bsearch system "
    # threads and libraries
    "pthread_mutex_lock pthread_mutex_unlock pthread_mutex_trylock pthread_create pthread_join pthread_exit pthread_cancel pthread_cond_signal "
    "pthread_cond_broadcast pthread_cond_wait pthread_rwlock_rdlock pthread_rwlock_wrlock pthread_once mtx_lock mtx_unlock cnd_signal "
    "sem_wait dlopen dlsym dlclose opendir readdir closedir g_free g_malloc g_strdup g_print g_printerr"
)
_UNSAFE = frozenset(_UNSAFE_NAMES.split())
"""Functions of the C library, POSIX threads and GLib that POSIX does not list as async-signal-safe."""
_STREAMS = re.compile(r"^(?:std::)?(?:cout|cerr|clog|wcout|wcerr)\b")
_SAFE_TYPE = re.compile(
    r"sig_atomic_t|[aA]tomic|\bvolatile\b(?!.{0,60}\b(?:long\s+long|double|int64_t|uint64_t|struct)\b)"
)
_PLAIN = re.compile(
    r"\b(?:bool|_Bool|char|short|int|unsigned|signed|long|float|double|size_t|ssize_t|u?int(?:8|16|32|64)_t|time_t|BOOL|gboolean|pid_t)\b"
)
_FAULTS = re.compile(r"\bSIG(?:SEGV|BUS|ILL|FPE|ABRT|TRAP|SYS)\b")
_MAX_HANDLER_NODES = 4000


def unsafe_handler(place: Place, file: FileView) -> Place | None:
    """Keep the registration of a handler that calls something not async-signal-safe, or writes a plain global."""
    captured = place.captures.get("argument2") or place.captures.get("registered")
    handler = None if captured is None or isinstance(captured, str) else _handler(captured, file)
    if handler is None:
        return None
    name, body = handler
    if _is_registered_before(name, place, file):
        return None
    found = _called_in(body, file) or _through_a_call(body, file) or _written_in(body, file)
    if found is None:
        return None
    deed, node, through = found
    place.captures |= {"handler": name, "deed": deed}
    notes = [RelatedLocation(line_of(node), f"{deed} here")]
    if through is not None:
        notes.insert(0, RelatedLocation(line_of(through), f"{name} calls {_callee(through, file)} here"))
    place.related = tuple(notes)
    return place


def _is_registered_before(name: str, place: Place, file: FileView) -> bool:
    """True when an earlier `signal` names the same handler: one finding is enough for it."""
    node = place.node
    if node is None or node.type != "call_expression" or not re.fullmatch(r"[\w:]+", name):
        return False
    earlier = re.compile(
        rb"\b(?:signal|sigset|bsd_signal)\s{0,4}\(\s{0,4}\w{1,40}\s{0,4},\s{0,4}&?\s{0,4}"
        + name.encode()
        + rb"\s{0,4}\)"
    )
    return earlier.search(file.source, 0, node.start_byte) is not None


def fault_handler(place: Place, file: FileView) -> Place | None:
    """The same for handlers of faults, which may find the program in any state and mostly end it."""
    given = place.captures.get("argument1")
    if given is None or not _FAULTS.search(file.text(given)):
        return None
    return unsafe_handler(place, file)


def _handler(captured: Node, file: FileView) -> tuple[str, Node] | None:
    """The name and the body of a handler: a function of this file, or a lambda."""
    node = bare(captured)
    if node is not None and node.type in ("pointer_expression", "unary_expression"):
        node = bare(node.child_by_field_name("argument"))
    if node is None:
        return None
    if node.type == "lambda_expression":
        body = node.child_by_field_name("body")
        return None if body is None else ("the lambda", body)
    name = file.name(node)
    body = _body_of(name, file)
    return None if body is None else (name, body)


def _body_of(name: str, file: FileView) -> Node | None:
    """The body of the one function of this file with that name."""
    plain = name.rsplit("::", 1)[-1]
    bodies = [
        body
        for function in file.facts.functions
        if function.name == plain and function.has_body
        and (node := file.functions_by_line.get(function.start_line)) is not None
        and (body := node.child_by_field_name("body")) is not None
    ]  # fmt: skip
    return bodies[0] if len(bodies) == 1 else None


_Found = tuple[str, Node, Node | None]


def _called_in(body: Node, file: FileView) -> _Found | None:
    """The first call, stream, allocation or `throw` in a body that a handler must not run."""
    for node in evaluated(body, _MAX_HANDLER_NODES):
        kind = node.type
        if kind == "call_expression":
            callee = _callee(node, file)
            if callee in _UNSAFE and callee not in file.names_defined:
                return f"calls `{callee}`", node, None
        elif kind == "new_expression" and node.child_by_field_name("placement") is None:
            return "allocates with `new`", node, None
        elif kind == "delete_expression":
            return "releases with `delete`", node, None
        elif kind == "throw_statement":
            return "throws", node, None
        elif kind == "binary_expression" and _STREAMS.match(file.text(node)[:40]):
            operator = node.child_by_field_name("operator")
            if operator is not None and file.text(operator) == "<<":
                return "writes to a stream", node, None
    return None


def _through_a_call(body: Node, file: FileView) -> _Found | None:
    """The same in the functions of this file that the body calls."""
    seen: set[str] = set()
    for node in evaluated(body, _MAX_HANDLER_NODES):
        callee = _callee(node, file) if node.type == "call_expression" else ""
        if not callee or callee in seen:
            continue
        seen.add(callee)
        inner = _body_of(callee, file)
        found = None if inner is None or inner.start_byte == body.start_byte else _called_in(inner, file)
        if found is not None:
            return found[0], found[1], node
    return None


def _written_in(body: Node, file: FileView) -> _Found | None:
    """The first write of a plain number or flag of this file that other functions read."""
    plain = {one.name: one for one in file.facts.globals if _is_plain(one)}
    if not plain:
        return None
    for node in evaluated(body, _MAX_HANDLER_NODES):
        if node.type not in ("assignment_expression", "update_expression"):
            continue
        target = node.child_by_field_name("left") or node.child_by_field_name("argument")
        name = "" if target is None or target.type != "identifier" else file.name(target)
        if name in plain and file.local(node, name) is None and _is_read_elsewhere(name, body, file):
            return f"writes `{name}`, neither `volatile sig_atomic_t` nor atomic", node, None
    return None


def _is_plain(variable: GlobalVariable) -> bool:
    return (
        not variable.is_const and _SAFE_TYPE.search(variable.type) is None and _PLAIN.search(variable.type) is not None
    )


def _is_read_elsewhere(name: str, body: Node, file: FileView) -> bool:
    """True when a loop or branch condition outside the handler asks for the variable: the compiler may read it only once."""
    word = re.compile(rb"\b(?:while|if|for)\s{0,4}\([^;{}]{0,120}(?<![\w.>])" + re.escape(name.encode()) + rb"\b")
    declared = re.compile(rb"\bvolatile\b[^;{}]{0,60}\b" + re.escape(name.encode()) + rb"\b")
    if declared.search(file.source):
        return False
    return any(not body.start_byte <= match.start() < body.end_byte for match in word.finditer(file.source))


def _callee(call: Node, file: FileView) -> str:
    """The plain name of what a call calls; methods have none."""
    called = call.child_by_field_name("function")
    if called is None or called.type not in ("identifier", "qualified_identifier"):
        return ""
    name = file.name(called)
    return name.removeprefix("std::").removeprefix("::")
