"""Checks that a pattern cannot express: small functions on the nodes of one function, by the names that rules use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rustplan.rulebook.checks import (
    allocation,
    bounds,
    captures,
    cpp_lifetime,
    cpp_objects,
    exposure,
    formats,
    integers,
    java_lifetime,
    java_objects,
    java_settings,
    java_signals,
    java_text,
    java_values,
    locks,
    obstacle,
    seams,
    signals,
    signals_posix,
    structure,
    threads,
)
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place


@dataclass(frozen=True, slots=True)
class Check:
    """A check: what it decides in a sentence, the captures it adds, the node types whose ranges it needs.

    `of_files` marks those that build, packaging and CI files can be asked.
    """

    run: Callable[[Place, FileView], Place | None]
    says: str
    captures: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    of_files: bool = False


CHECKS: Mapping[str, Check] = {
    "sizeof-pointer-as-size": Check(
        bounds.sizeof_pointer_as_size,
        "`sizeof` of a pointer stands for the size of what it points to",
        ("pointer", "declared"),
    ),
    "sized-by-source": Check(
        bounds.sized_by_source,
        "the length of a copy into a local array or pointer parameter is that of the source, which nothing compared before",
        ("extent", "length"),
    ),
    "unterminated-size": Check(
        bounds.advanced_by_return,
        "the variable that the return value advances is used later and never compared",
        (),
        ("for_statement", "while_statement", "do_statement"),
    ),
    "no-room-for-terminator": Check(
        bounds.no_room_for_terminator,
        "the block is sized by a sum of `strlen` alone and a string is then copied into it",
        ("object", "copier"),
    ),
    "sized-for-other": Check(
        bounds.sized_for_other,
        "the block is sized by another struct, or by a smaller basic type, than the pointer leads to",
        ("element", "expression"),
    ),
    "wanted-length-used": Check(
        bounds.wanted_length_used,
        "the text can be cut off, and the result is later the length of its buffer without a condition that asks for it",
    ),
    "length-of-same": Check(
        bounds.length_of_same,
        "the length is only ever that of the same string, and no condition before looks at either",
    ),
    "unbounded-into-parameter": Check(
        bounds.unbounded_into_parameter,
        "what is written to is a pointer parameter, and the function takes no size, end or extent",
        (),
        ("while_statement", "for_statement", "do_statement"),
    ),
    "sign-lost": Check(
        integers.sign_lost,
        "a comparison decides wrongly because one side is unsigned: a failure is not seen, a loop does not end, a difference wraps",
        ("why",),
        ("for_statement", "while_statement", "do_statement"),
    ),
    "plain-char": Check(
        integers.plain_char, "the value is a plain `char` whose range nothing before compares", ("value",)
    ),
    "end-of-file-in-char": Check(
        integers.end_of_file_in_char, "the value compared with `EOF` is a `char` that a reading call filled", ("value",)
    ),
    "number-for-pointer": Check(
        formats.number_for_pointer,
        "a conversion that follows a pointer is given a number",
        ("conversion", "value", "kind"),
    ),
    "format-type": Check(
        formats.wrong_type,
        "a conversion of a number is given a pointer, a wider integer or a number of the other sort",
        ("conversion", "value", "kind"),
    ),
    "format-count": Check(
        formats.wrong_count,
        "the conversions of a literal format and the arguments differ in number",
        ("wanted", "given"),
    ),
    "null-not-fatal": Check(
        allocation.null_not_fatal,
        "the failure does not end the program at once, and no copy of the old pointer was taken",
    ),
    "unsafe-handler": Check(
        signals_posix.unsafe_handler,
        "a function of this file, given as signal handler, does what is not async-signal-safe, itself or one call further",
        ("handler", "deed"),
    ),
    "written-global": Check(
        structure.written_global, "some function of this file assigns the variable or counts it up", ()
    ),
    "no-body-here": Check(structure.no_body_here, "the struct's body is not in this file", ()),
    "table-of-functions": Check(
        structure.table_of_functions, "the struct has three or more function-pointer members", ("slots",)
    ),
    "variable-extent": Check(
        structure.variable_extent,
        "the extent of the array names a parameter or a local that is not constant",
        ("extent",),
    ),
    "alloca-extent": Check(structure.alloca_extent, "always; it shows what is allocated", ("extent",)),
    "loop-in-function": Check(
        structure.loop_in_function,
        "a loop of the same function stands around the place or after it",
        (),
        ("for_statement", "while_statement", "do_statement", "enhanced_for_statement"),
    ),
    "assembles-integers": Check(
        structure.assembles_integers, "the function has a byte pointer and a length, and joins bytes to integers", ()
    ),
    "bytes-with-length": Check(
        structure.bytes_with_length, "the function takes a pointer to bytes, and a length by value", ()
    ),
    "lock-left-held": Check(
        locks.lock_left_held,
        "it is the first call on a lock that a path leaves held, takes twice, gives back twice, or destroys while it is held",
        ("lock", "problem"),
    ),
    "unlock-not-held": Check(
        locks.unlocked_unheld,
        "it is the first call on a lock that one path takes and another gives back without having taken it",
        ("lock", "problem"),
    ),
    "offers-c-functions": Check(
        seams.offers_c_functions,
        'it is `extern "C"` in a header that declares functions, or around a definition',
    ),
    "opaque-with-pair": Check(
        seams.opaque_with_pair,
        "the struct's body is not in this file, which declares a function that makes one and one that ends one",
    ),
    "fills-function-table": Check(
        seams.fills_function_table,
        "three or more functions of this file are assigned to the members of one struct at file level",
        ("slots",),
    ),
    "entry-name": Check(seams.entry_name, "always; it shows the function's name as a word", ("word",)),
    "forks-here": Check(seams.forks_here, "the file calls `fork`"),
    "narrow-interface": Check(
        seams.narrow_interface,
        "the function takes bytes with their length, scalars and at most one handle, writes no global and keeps no argument",
        ("shape",),
    ),
    "own-cipher": Check(signals.own_cipher, "the file holds constants of a hash function or cipher", ("callee",)),
    "local-sockets-only": Check(
        signals.local_sockets_only, "the file speaks of local sockets and of no network address"
    ),
    "follows-bytes": Check(
        signals.follows_bytes,
        "the function has bytes with a length, and branches on a byte, fetches integers by byte order or advances by what it read",
    ),
    "holds-bytes": Check(signals.holds_bytes, "the function declares a pointer to bytes among its own variables"),
    "shown-as-target": Check(
        signals.shown_as_target,
        "always; it shows what is called, defined or written as the target",
        ("target",),
        of_files=True,
    ),
    "use-of-flag": Check(
        signals.use_of_flag,
        "a flag is set, not only asked for; files besides source text only",
        ("flag", "use"),
        of_files=True,
    ),
    "once-in-loop": Check(
        exposure.once_in_loop, "it is the first place of the pointer in its innermost loop", (), exposure.LOOPS
    ),
    "literal-fits": Check(
        exposure.literal_fits, "the literal, or the most a format can write, fits the local array it goes to"
    ),
    "sized-by-destination": Check(
        exposure.sized_by_destination,
        "the length is the `sizeof` of the buffer, of what it points to, or of its declared type",
    ),
    "array-without-size": Check(
        exposure.array_without_size, "the first callee that gets the local array does not get its `sizeof`", ("callee",)
    ),
    "array-with-size": Check(
        exposure.array_with_size, "the first callee that gets the local array gets its `sizeof` too", ("callee",)
    ),
    "const-extent": Check(exposure.const_extent, "the extent of the array names a local constant", ("extent",)),
    "tagged-union": Check(
        exposure.tagged_union, "the struct has an enum or integer beside the union, and the file switches over it"
    ),
    "same-pointee": Check(
        exposure.same_pointee, "the local is declared with the type it is cast to, but for qualifiers"
    ),
    "from-bytes": Check(
        exposure.from_bytes, "what is cast is a local pointer to bytes, and it is not read on the spot"
    ),
    "embedded-owner": Check(exposure.embedded_owner, "always; it shows the type that is asserted", ("target",)),
    "address-from-integer": Check(
        exposure.address_from_integer,
        "what becomes a pointer is a number other than 0 and -1, or declared as an integer",
    ),
    "integer-from-address": Check(
        exposure.integer_from_address, "what becomes an integer is an address, and it is not only printed or hashed"
    ),
    "constant-table": Check(exposure.constant_table, "the table the call goes through is declared constant"),
    "called-pointer": Check(exposure.called_pointer, "the function that declares the pointer calls it"),
    "written-beside-threads": Check(
        exposure.written_beside_threads, "this file writes the variable and starts threads"
    ),
    "written-once": Check(
        exposure.written_once, "only functions given to `pthread_once` or `call_once` write the variable"
    ),
    "written-static": Check(exposure.written_static, "the function assigns its `static` variable or counts it up"),
    "installs-handler": Check(
        exposure.installs_handler,
        "a function is installed as signal handler, not ignored, reset or restored",
        ("handler",),
    ),
    "borrowed-member": Check(
        exposure.borrowed_member, "the class has functions, and this file does not delete what the member points to"
    ),
    "changed-later": Check(
        exposure.changed_later, "the iterator is used after its container was changed, in the same block"
    ),
    "unsized-container": Check(
        exposure.unsized_container, "the function neither filled the container nor asked for its size before"
    ),
    "cleanup-label": Check(
        exposure.cleanup_label, "two or more `goto`s lead to the label, and something is released behind it", ("label",)
    ),
    "many-returns": Check(
        exposure.many_returns,
        "it is the function's first allocation, three or more returns stand behind it, and something is released",
        ("label",),
    ),
    "pair-of-parameters": Check(
        exposure.pair_of_parameters,
        "a length stands right behind a pointer among the parameters",
        ("pointer", "length"),
    ),
    "pair-of-members": Check(
        exposure.pair_of_members,
        "the struct has a pointer and, beside it or by the same stem, a length",
        ("pointer", "length"),
    ),
    "wrapper-body": Check(
        exposure.wrapper_body, "it is all that a wrapper does which this file calls: the calls are counted instead"
    ),
    "programming-macro": Check(
        obstacle.programming_macro,
        "the macro pastes or quotes tokens, holds statements, steers control or applies a macro to a list",
        ("does",),
    ),
    "layout-leaves-file": Check(
        obstacle.layout_leaves_file,
        "a header shows the struct, it lies in a union, or this file reads, writes or copies it whole",
    ),
    "overlays-bytes": Check(obstacle.overlays_bytes, "a local pointer to bytes becomes a pointer to a struct"),
    "longer-than-type": Check(obstacle.longer_than_type, "the file adds to the size of the struct"),
    "links-itself": Check(
        obstacle.links_itself, "the struct points to its own type twice, or embeds a list or tree node", ("link",)
    ),
    "owner-of-member": Check(obstacle.owner_of_member, "always; it shows the macro", ("link",)),
    "leaves-boundary": Check(
        obstacle.leaves_boundary,
        "nothing catches it in a C-linkage function, destructor or callback of this file, here or one call up",
        ("boundary",),
        ("try_statement",),
    ),
    "shares-with-thread": Check(
        obstacle.shares_with_thread,
        "the thread is handed an object, or touches a global that this file writes",
        ("shared",),
    ),
    "deep-hierarchy": Check(obstacle.deep_hierarchy, "three or more levels of bases are in this file"),
    "several-full-bases": Check(
        obstacle.several_full_bases, "two or more of the bases are not known here as pure interfaces"
    ),
    "beyond-printing": Check(obstacle.beyond_printing, "the function does not only print or read numbers"),
    "takes-list": Check(obstacle.takes_list, "the function takes a `va_list` and reads arguments from it"),
    "foreign-template": Check(
        obstacle.foreign_template, "the template in the header's signature is none of the common library ones"
    ),
    "nested-function": Check(obstacle.nested_function, "a function that parsed whole holds another one"),
    "shown-global": Check(exposure.shown_global, "always; it shows the variable", ("callee",)),
    "list-file": Check(obstacle.list_file, "always; it shows the list", ("does",)),
    "structured-handling": Check(obstacle.structured_handling, "always; it names the construct", ("boundary",)),
    "unsafe-fault-handler": Check(
        signals_posix.fault_handler,
        "the same as `unsafe-handler`, for a signal that tells of a fault: SIGSEGV, SIGABRT and the like",
        ("handler", "deed"),
    ),
    "iterator-without-end": Check(exposure.iterator_without_end, "nothing in the function spoke of an end before"),
    "used-after-move": Check(
        cpp_lifetime.used_after_move,
        "the local variable is read on a path from the move, before anything makes it good again",
        ("variable",),
    ),
    "kept-over-change": Check(
        cpp_lifetime.kept_over_change,
        "the iterator, reference or pointer is used on a path on which its container changed since",
        ("held", "owner"),
    ),
    "changed-while-looped": Check(
        cpp_lifetime.changed_while_looped,
        "the body of the range-`for` changes the container, and the loop goes on",
        ("held", "owner"),
    ),
    "view-of-temporary": Check(
        cpp_lifetime.view_of_temporary, "what the view is made of is a string that ends with the statement"
    ),
    "returns-view-of-local": Check(
        cpp_lifetime.returns_view_of_local,
        "the function returns a view or pointer to characters, and this is one into a string of its own",
        ("view", "owner"),
    ),
    "view-over-change": Check(
        cpp_lifetime.view_over_change,
        "the pointer or view is used on a path on which the string grew since, or its block ended",
        ("view", "owner"),
    ),
    "returned-initializer-list": Check(
        cpp_lifetime.returned_initializer_list,
        "the function returns `std::initializer_list`, whose array ends with the statement",
        ("owner",),
    ),
    "deleted-through-base": Check(
        cpp_objects.deleted_through_base,
        "the class has virtual functions and no virtual destructor, and the file deletes a derived object through it",
        ("class",),
    ),
    "owner-copied": Check(
        cpp_objects.owner_copied,
        "the destructor frees a raw member, copies go member by member, and the file copies an object",
        ("class", "member"),
    ),
    "owner-copyable": Check(
        cpp_objects.owner_copyable,
        "the destructor frees a raw member, copies go member by member, and the file copies no object",
        ("class", "member"),
    ),
    "raw-memory": Check(
        cpp_objects.raw_memory,
        "what is written over has virtual functions, or is or has an object that manages memory",
        ("object", "type", "reason"),
    ),
    "raw-allocation": Check(
        cpp_objects.raw_allocation,
        "the block is for such an object, and nothing is constructed in it",
        ("object", "type", "reason"),
    ),
    "owned-twice": Check(
        cpp_objects.owned_twice, "the raw pointer gets a second owner, or is deleted, on a path from here", ("misuse",)
    ),
    "released-unheard": Check(cpp_objects.released_unheard, "nobody took the pointer before its owner let go of it"),
    "escaping-capture": Check(
        captures.escaping_capture,
        "the lambda refers to a local and is returned, stored beyond the function, or kept for later without a wait",
        ("variable", "destination"),
    ),
    "lends-local": Check(
        threads.lends_local,
        "the thread gets the address of a local that a loop changes, or that a path leaves before anything waits",
        ("variable", "problem"),
    ),
    "detached-with-local": Check(
        threads.detached_with_local,
        "the thread object refers to a local, and is detached or kept without a join",
        ("variable", "problem"),
    ),
    "detached-with-this": Check(
        threads.detached_with_this, "the thread object refers to `this` and is detached", ("variable", "problem")
    ),
    "shared-locked-elsewhere": Check(
        threads.shared_locked_elsewhere,
        "a thread writes the global without a lock, and another access holds one",
        ("variable",),
    ),
    "shared-without-lock": Check(
        threads.shared_without_lock,
        "a thread writes the global, another may use it at the same time, and the file has no lock",
        ("variable",),
    ),
    "strong-gc-flag": Check(
        java_settings.strong_gc_flag,
        "a flag that fights pauses is set for the program's own JVM, and no product ships the line; files besides source text only",
        ("flag", "says"),
        of_files=True,
    ),
    "telling-gc-flag": Check(
        java_settings.telling_gc_flag,
        "the same for a flag that says something about pauses",
        ("flag", "says"),
        of_files=True,
    ),
    "gc-flag": Check(
        java_settings.gc_flag,
        "a flag of the collector is set, whoever chose it, for the program or its tests",
        ("flag", "says"),
        of_files=True,
    ),
    "for-program": Check(
        java_settings.for_program,
        "what is set is the program's own JVM, neither that of the build nor that of its tests",
        of_files=True,
    ),
    "small-heap": Check(
        java_settings.small_heap, "the largest heap of the program has few MiB", ("says",), of_files=True
    ),
    "small-container": Check(
        java_settings.small_container,
        "the limit of memory is small, and the same document runs Java",
        ("says",),
        of_files=True,
    ),
    "few-processors": Check(
        java_settings.few_processors,
        "the limit of processors makes the JVM pick the Serial collector, and the same document runs Java and names no collector",
        ("says",),
        of_files=True,
    ),
    "sized-by-container": Check(
        java_settings.sized_by_container,
        "the program's heap is a share of its container's memory",
        ("says",),
        of_files=True,
    ),
    "runtime-of-openj9": Check(
        java_settings.runtime_of_openj9, "the program itself is given a policy of OpenJ9", ("says",), of_files=True
    ),
    "native-image": Check(
        java_settings.native_image, "the program is compiled ahead of time", ("says",), of_files=True
    ),
    "small-image": Check(
        java_settings.small_image, "the image is no test's; it says what it is for", ("says",), of_files=True
    ),
    "runs-java": Check(java_settings.runs_java, "the same document runs Java", of_files=True),
    "runtime-dependency": Check(
        java_settings.runtime_dependency, "the dependency is neither for tests nor excluded", of_files=True
    ),
    "gc-phrase": Check(
        java_signals.gc_phrase,
        "a comment, or a line of a document, speaks of pauses of the collector or of making no garbage",
        ("name",),
        of_files=True,
    ),
    "latency-phrase": Check(
        java_signals.latency_phrase,
        "a comment, or a line of a document, speaks of jitter, p99 or humongous objects beside latency or the collector",
        ("name",),
        of_files=True,
    ),
    "pool-pair": Check(
        java_signals.pool_pair, "the class hands out objects of a type and takes that type back", ("name",)
    ),
    "named-by-callee": Check(java_signals.named_by_callee, "always; it shows the method", ("name",)),
    "shown-name": Check(java_signals.shown_name, "always; it shows the receiver and the method", ("name",)),
    "reused-field": Check(java_signals.reused_field, "what is emptied is held by a field of the class", ("name",)),
    "object-leaves": Check(
        java_objects.object_leaves,
        "no other rule tells of the object, and it is returned, passed on, kept in a field or made in a loop",
        (),
        java_objects.LOOPS,
    ),
    "object-made": Check(
        java_objects.object_made,
        "no other rule tells of the object, and it is not a local that only its own members are read of",
        (),
        java_objects.LOOPS,
    ),
    "sized-collection": Check(java_objects.sized_collection, "the first argument is a number or names a size"),
    "copied-collection": Check(
        java_objects.copied_collection, "the first argument is no number, comparator, class, text or lambda"
    ),
    "filled-collection": Check(
        java_objects.filled_collection,
        "there is no capacity, and the method fills the collection in a loop, or fills a map at all",
        (),
        java_objects.LOOPS,
    ),
    "unsized-builder": Check(java_objects.unsized_builder, "there is no capacity"),
    "grows-collection": Check(
        java_objects.grows_collection,
        "the receiver is declared as a collection, and the method did not make it with a capacity or fill it in a loop",
        (),
        java_objects.LOOPS,
    ),
    "new-array": Check(
        java_objects.new_array,
        "the extent is constant, and more than 64 elements or an array that leaves the method; large ones are of `huge-array`",
    ),
    "variable-array": Check(java_objects.variable_array, "the extent is not constant"),
    "listed-array": Check(java_objects.listed_array, "the array leaves the method or has more than 64 elements"),
    "huge-array": Check(java_objects.huge_array, "the extent is constant, and 512 KiB or more", ("bytes",)),
    "joined-text": Check(
        java_text.joined_text,
        "it is a whole chain with text and something that is not constant, and not an argument of a log call",
    ),
    "appended-text": Check(java_text.appended_text, "what is added to is text"),
    "built-text": Check(java_text.built_text, "the receiver is a builder, a string writer or a chain of `append`"),
    "log-arguments": Check(
        java_text.log_arguments, "the receiver is a logger, and the arguments join or format text or are more than two"
    ),
    "text-of-bytes": Check(java_text.text_of_bytes, "the first argument is not known to be anything but an array"),
    "only-compared": Check(java_text.only_compared, "the result is only compared with something"),
    "caught-here": Check(
        java_text.caught_here, "a `try` of the same method catches what is thrown", (), ("try_statement",)
    ),
    "caught-in-loop": Check(java_text.caught_in_loop, "always; it counts as a cold path"),
    "boxes-value": Check(java_values.boxes_value, "the value is not a literal for which a box is kept ready"),
    "boxes-by-type": Check(
        java_values.boxes_by_type, "the value is declared as a primitive, and the type as a wrapper of one"
    ),
    "boxed-argument": Check(
        java_values.boxed_argument,
        "the receiver is declared as a collection of wrappers, and a key or element is declared as a primitive",
        ("type",),
    ),
    "counted-boxed": Check(
        java_values.counted_boxed,
        "the variable is a wrapper that is added to in a loop of the method",
        (),
        java_objects.LOOPS,
    ),
    "array-of-arguments": Check(java_values.array_of_arguments, "the last argument is no array"),
    "own-varargs": Check(
        java_values.own_varargs,
        "it is a call on this object or class, no other method of the name takes as many, and none is an array",
    ),
    "captures-state": Check(
        java_values.captures_state, "the lambda or method reference needs a local variable, a field or `this`"
    ),
    "in-method": Check(java_values.anonymous_object, "it stands in a method or constructor"),
    "collecting-stream": Check(
        java_values.collecting_stream, "the calls behind it collect or sort what the stream yields"
    ),
    "stream-of-steps": Check(java_values.stream_of_steps, "a step of a pipeline is called on it at once"),
    "walks-by-iterator": Check(
        java_values.walks_by_iterator,
        "what is walked over is declared as something other than an array, list, or common set or map",
        ("type",),
    ),
    "gives-iterator": Check(java_values.gives_iterator, "the iterator is returned, kept in a field or passed on"),
    "only-grows": Check(
        java_lifetime.only_grows,
        "a method of this file adds to the collection, and the file neither takes out, asks for its size nor gives it away",
    ),
    "per-object-thread-local": Check(java_lifetime.per_object_thread_local, "the field is not static", ("problem",)),
    "set-without-remove": Check(
        java_lifetime.set_without_remove, "this file sets the thread local and never removes it", ("problem",)
    ),
    "mapped-access": Check(
        java_lifetime.mapped_access, "the receiver is a mapped file, and this file does not load it first"
    ),
    "ready-access": Check(java_lifetime.ready_access, "the receiver is a mapped file"),
    "kept-for-later": Check(
        java_lifetime.kept_for_later,
        "a new object goes into a queue, map or ring that is a field, outside constructors and builders",
    ),
    "has-body": Check(java_lifetime.clears_something, "the function has a line of its own"),
}
