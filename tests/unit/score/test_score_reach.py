"""How far the network is: along calls to those who receive, one step on to those who are handed bytes, and what does not count."""

from __future__ import annotations

import pytest

from plan_world import World, function, signal
from rustplan.model.facts import Call, Macro
from rustplan.model.source import Role


def reader(world, path="net/socket.c", name="pull", **more):
    """A function that reads from a socket, called by tests so that it is in use."""
    world.file(path, functions=[function(name)], findings=[signal(path, 5, function=name)], **more)
    return world.file("t/t.c", role=Role.TEST, calls=(Call(name, 3),))


def untrusted(card):
    return next(factor for factor in card.risk_factors if factor.name == "untrusted-input")


def caller(world, path, name, callee, target):
    world.file(path, functions=[function(name)], calls=(Call(callee, 7, 0),))
    return world.edge(path, target, callee)


def test_a_reader_stands_at_the_network():
    card = reader(World()).card("net")
    assert card.network_steps == 0
    assert "reads from the network (1 place)" in untrusted(card).because


def test_callers_receive_its_bytes_step_by_step():
    world = reader(World())
    caller(world, "line/l.c", "next_line", "pull", "net/socket.c")
    caller(world, "mail/m.c", "fetch", "next_line", "line/l.c")
    caller(world, "app/a.c", "run", "fetch", "mail/m.c")
    caller(world, "far/f.c", "farther", "run", "app/a.c")
    steps = {card.component: card.network_steps for card in world.score().components}
    assert steps == {"net": 0, "line": 1, "mail": 2, "app": 3, "far": None}
    values = [untrusted(world.card(name)).value for name in ("line", "mail", "app", "far")]
    assert values == sorted(values, reverse=True)
    assert values[-1] == 0.0
    said = untrusted(world.card("mail"))
    assert "`fetch` calls `next_line`" in said.because
    assert (said.evidence[0].path, said.evidence[0].line) == ("mail/m.c", 7)


@pytest.mark.parametrize(
    ("name", "types", "steps"),
    [
        ("frame_decode", ("const uint8_t *", "size_t"), 1),
        ("parse_head", ("char *", "size_t"), 1),
        ("fill_text", ("char *", "size_t"), None),
        ("write_out", ("const char *", "size_t"), None),
        ("tick", ("int",), None),
    ],
)
def test_bytes_are_handed_over_with_a_buffer_to_read(name, types, steps):
    world = World()
    world.file(
        "net/socket.c", functions=[function("pull")], findings=[signal("net/socket.c", 5, function="pull")],
        calls=(Call(name, 9, 0),), address_taken=("pull",),
    )  # fmt: skip
    world.file("proto/p.c", functions=[function(name, types=types)]).edge("net/socket.c", "proto/p.c", name)
    assert world.card("proto").network_steps == steps


def test_a_call_through_a_field_may_lead_to_the_readers_of_that_name():
    world = World()
    world.file(
        "net/s.c", functions=[function("plain_recv")], findings=[signal("net/s.c", 5, function="plain_recv")],
        address_taken=("plain_recv",),
    )  # fmt: skip
    world.file("up/u.c", functions=[function("pump")], calls=(Call("do_recv", 7, 0, 3, "filter->ops"),))
    assert world.card("up").network_steps == 1


def test_a_reader_that_nothing_calls_says_little():
    world = World().file("dbg/d.c", functions=[function("dbg_pull")], findings=[signal("dbg/d.c", function="dbg_pull")])
    card = world.card("dbg")
    assert card.network_steps is None
    assert untrusted(card).value < untrusted(reader(World()).card("net")).value
    assert "nothing in the tree calls these functions by name" in untrusted(card).because


def test_a_stand_in_for_a_function_of_the_platform_is_no_reader():
    world = World().file(
        "os/w.c", functions=[function("os_recv")], findings=[signal("os/w.c", function="os_recv")], calls=(Call("recv", 4, 0),)
    )  # fmt: skip
    world.file("lib/setup.h", macros=(Macro("recv", 3, False, "os_recv"),))
    world.file("lib/l.c", functions=[function("get")], calls=(Call("recv", 6, 0),)).edge("lib/l.c", "os/w.c", "os_recv")
    assert world.card("os").network_steps is None
    assert world.card("lib").network_steps is None


def test_what_a_program_parses_was_chosen_by_who_starts_it():
    found = [signal("tool/t.c", rule="parses-file-format")]
    tool = World().file("tool/t.c", functions=[function("main")], findings=found).card("tool")
    library = World().file("tool/t.c", findings=found).card("tool")
    assert 0 < untrusted(tool).value < untrusted(library).value
    assert "whoever starts it" in untrusted(tool).because


def test_a_large_component_is_not_judged_by_one_of_its_files():
    found = [signal("c/a.c", rule="parses-file-format")]
    small = World().file("c/a.c", sloc=500, findings=found).card("c")
    large = World().file("c/a.c", sloc=500, findings=found).file("c/b.c", sloc=12_000).card("c")
    assert 0 < untrusted(large).value < untrusted(small).value


def test_a_component_without_calls_to_it_is_not_moved_by_the_network_elsewhere():
    alone = World().file("c/a.c").card("c")
    assert reader(World().file("c/a.c")).card("c").risk == alone.risk
