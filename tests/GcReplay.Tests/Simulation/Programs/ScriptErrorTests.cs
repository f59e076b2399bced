using GcReplay.Heaps;
using GcReplay.Simulation.Programs;

namespace GcReplay.Tests.Simulation.Programs;

/// <summary>Errors about scripts, <c>self</c>, kinds and what makes their objects, as golden text.</summary>
public class ScriptErrorTests
{
    [Fact]
    public void Self_outside_a_script_is_refused() => Fails(
        "thread main {\n  store self 0 g1\n}",
        """
        p.heap:2:9: expected object (a global, gN or fN; only a script has a 'self'), found 'self'; usage: store OBJECT INDEX VALUE
              store self 0 g1
                    ^
        """);

    [Fact]
    public void Self_as_a_destination_is_refused() => Fails(
        "script s {\n  self = copy g0\n}\nthread main { }",
        """
        p.heap:2:3: expected where the reference goes (push, a global, gN or fN; 'self' is only read), found 'self'
              self = copy g0
              ^
        """);

    [Fact]
    public void Self_as_a_root_to_empty_is_refused() => Fails(
        "script s {\n  drop self\n}\nthread main { }",
        """
        p.heap:2:8: expected root (a global, gN or fN; 'self' is only read), found 'self'; usage: drop ROOT
              drop self
                   ^
        """);

    [Fact]
    public void A_misspelt_self_in_a_script_names_it() => Fails(
        "script s {\n  clear slef 0\n}\nthread main { }",
        """
        p.heap:2:9: expected object (a global, gN or fN), found 'slef'; did you mean 'self'?; usage: clear OBJECT INDEX
              clear slef 0
                    ^
        """);

    [Fact]
    public void An_unknown_script_names_the_nearest() => Fails(
        "thread main {\n  weakref g0 sripts\n}\nscript other { }\nscript script { }",
        """
        p.heap:2:14: expected script (of this program: other, script), found 'sripts'; did you mean 'script'?; usage: [ROOT =] weakref OBJECT ["NAME"] [SCRIPT]
              weakref g0 sripts
                         ^
        """);

    [Fact]
    public void A_script_where_the_program_has_none_is_refused() => Fails(
        "thread main {\n  new fin 1 bye\n}",
        """
        p.heap:2:13: expected script (this program has none), found 'bye'; usage: [ROOT =] new TYPE SLOTS ["NAME"] [SCRIPT]
              new fin 1 bye
                        ^
        """);

    [Fact]
    public void A_thread_is_no_finalizer() => Fails(
        "thread main {\n  new fin 1 main\n}\nscript s { }",
        """
        p.heap:2:13: expected script (of this program: s), found 'main', which is a thread; usage: [ROOT =] new TYPE SLOTS ["NAME"] [SCRIPT]
              new fin 1 main
                        ^
        """);

    [Fact]
    public void A_script_is_not_spawned() => Fails(
        "thread main {\n  spawn s\n}\nscript s { }",
        """
        p.heap:2:9: expected thread (of this program: main), found 's', which is a script; usage: spawn THREAD
              spawn s
                    ^
        """);

    [Fact]
    public void A_finalizer_of_a_kind_without_one_is_refused() => Fails(
        "type method = plain\nscript s { }\nthread main {\n  new method 1 \"m\" s\n}",
        """
        p.heap:4:20: expected the end of the statement (only an object of kind 'fin' has a script, its finalizer, and this one is of kind 'plain'), found 's'; usage: [ROOT =] new TYPE SLOTS ["NAME"] [SCRIPT]
              new method 1 "m" s
                               ^
        """);

    [Fact]
    public void A_finalizer_before_the_name_is_refused() => Fails(
        "script s { }\nthread main {\n  new fin 1 s \"m\"\n}",
        """
        p.heap:3:15: expected the end of the statement, found "m"; usage: [ROOT =] new TYPE SLOTS ["NAME"] [SCRIPT]
              new fin 1 s "m"
                          ^
        """);

    [Fact]
    public void A_new_tuple_names_the_operation_that_makes_one() => Fails(
        "thread main {\n  new tuple 2\n}",
        """
        p.heap:2:7: expected type (its objects made by 'new'), found 'tuple'; usage: [ROOT =] tuple ["NAME"] ITEM…
              new tuple 2
                  ^
        """);

    [Fact]
    public void A_type_of_a_kind_with_its_own_operation_names_the_operation() => Fails(
        "type pair = tuple",
        """
        p.heap:1:13: expected a kind that types can have (plain, leaf, fin, noclear, legacy, opaque, tc, function, node, str), found 'tuple'; objects of kind 'tuple' come from an operation: [ROOT =] tuple ["NAME"] ITEM…
            type pair = tuple
                        ^
        """);

    [Fact]
    public void A_tuple_without_items_is_refused() => Fails(
        "thread main {\n  g0 = tuple \"t\"\n}",
        """
        p.heap:2:17: expected item (a global, gN or fN), found the end of the line; usage: [ROOT =] tuple ["NAME"] ITEM…
              g0 = tuple "t"
                            ^
        """);

    [Fact]
    public void A_name_without_quotes_where_nothing_else_can_stand_is_refused() => Fails(
        "thread main {\n  dict d\n}",
        """
        p.heap:2:8: expected name (in double quotes), found 'd'; usage: [ROOT =] dict ["NAME"]
              dict d
                   ^
        """);

    [Fact]
    public void An_extent_in_quotes_is_refused() => Fails(
        "thread main {\n  collect \"full\"\n}",
        """
        p.heap:2:11: expected extent (full, minor, increment or a generation's number), found "full"; usage: collect [EXTENT]
              collect "full"
                      ^
        """);

    [Fact]
    public void A_script_cannot_be_called_like_a_thread() => Fails(
        "thread main { }\nscript main { }",
        """
        p.heap:2:8: expected a name that no other thread or script has, found 'main'
            script main { }
                   ^
        """);

    [Fact]
    public void A_script_cannot_be_called_self() => Fails(
        "thread main { }\nscript self { }",
        """
        p.heap:2:8: expected a name other than push, self, gN and fN, which have a meaning of their own, found 'self'
            script self { }
                   ^
        """);

    [Fact]
    public void A_program_of_scripts_alone_is_refused() => Fails(
        "script s { }",
        """
        p.heap:1:13: expected 'thread main {': a program has at least one thread, found the end of the program
            script s { }
                        ^
        """);

    private static void Fails(string text, string message) =>
        Assert.Equal(message, Assert.Throws<GcReplayException>(() => HeapProgramParser.Parse("p.heap", text)).Message);
}
