using GcReplay.Heaps;
using GcReplay.Simulation.Programs;

namespace GcReplay.Tests.Simulation.Programs;

/// <summary>Each error is golden text: place, what was expected, what was found, the nearest name, the usage.</summary>
public class HeapProgramErrorTests
{
    [Fact]
    public void A_misspelt_operation_names_the_nearest() => Fails(
        "thread main {\n  g0 = laod g1 0\n}",
        """
        p.heap:2:8: expected an operation, found 'laod'; did you mean 'load'?
              g0 = laod g1 0
                   ^
        """);

    [Fact]
    public void A_misspelt_global_names_the_nearest_and_the_usage() => Fails(
        "globals compile keep\nthread main {\n  store compil 0 keep\n}",
        """
        p.heap:3:9: expected object (a global, gN or fN), found 'compil'; did you mean 'compile'?; usage: store OBJECT INDEX VALUE
              store compil 0 keep
                    ^
        """);

    [Fact]
    public void A_missing_operand_names_the_usage() => Fails(
        "thread main {\n  g0 = load g1\n}",
        """
        p.heap:2:15: expected index (a number from 0 to 1000000), found the end of the line; usage: [ROOT =] load OBJECT INDEX
              g0 = load g1
                          ^
        """);

    [Fact]
    public void An_operand_too_many_names_the_usage() => Fails(
        "thread main {\n\tdrop g0 g1\n}",
        "p.heap:2:10: expected the end of the statement, found 'g1'; usage: drop ROOT\n    \tdrop g0 g1\n    \t        ^");

    [Fact]
    public void A_wrong_form_names_the_usage() => Fails(
        "thread main {\n  g0 = new plain 1 name\n}",
        """
        p.heap:2:20: expected the end of the statement or a name in double quotes (only an object of kind 'fin' has a script, its finalizer, and this one is of kind 'plain'), found 'name'; usage: [ROOT =] new TYPE SLOTS ["NAME"] [SCRIPT]
              g0 = new plain 1 name
                               ^
        """);

    [Fact]
    public void A_destination_of_an_operation_without_a_reference_is_refused() => Fails(
        "thread main {\n  g0 = drop g1\n}",
        """
        p.heap:2:8: expected an operation that gives a reference, found 'drop'; usage: drop ROOT
              g0 = drop g1
                   ^
        """);

    [Fact]
    public void More_slots_than_the_limit_are_refused() => Fails(
        "thread main {\n  new plain 1000001\n}",
        """
        p.heap:2:13: expected slots (a number from 0 to 1000000), found '1000001'; usage: [ROOT =] new TYPE SLOTS ["NAME"] [SCRIPT]
              new plain 1000001
                        ^
        """);

    [Fact]
    public void A_loop_without_an_end_in_sight_is_refused() => Fails(
        "thread main {\n  loop 99999999999999999999 {\n  }\n}",
        """
        p.heap:2:8: expected how often to loop, a number from 0 to 1000000000, found '99999999999999999999'
              loop 99999999999999999999 {
                   ^
        """);

    [Fact]
    public void A_root_beyond_the_limit_is_refused() => Fails(
        "thread main {\n  drop g1000001\n}",
        """
        p.heap:2:8: expected a root numbered from 0 to 1000000, found 'g1000001'
              drop g1000001
                   ^
        """);

    [Fact]
    public void An_unknown_thread_names_the_threads_there_are() => Fails(
        "thread main {\n  spawn wroker\n}\nthread worker { }",
        """
        p.heap:2:9: expected thread (of this program: main, worker), found 'wroker'; did you mean 'worker'?; usage: spawn THREAD
              spawn wroker
                    ^
        """);

    [Fact]
    public void An_unknown_type_names_the_nearest() => Fails(
        "type method = plain\nthread main {\n  new metod 1\n}",
        """
        p.heap:3:7: expected type (declared above with 'type', or a kind), found 'metod'; did you mean 'method'?; usage: [ROOT =] new TYPE SLOTS ["NAME"] [SCRIPT]
              new metod 1
                  ^
        """);

    [Fact]
    public void An_unknown_kind_names_the_kinds() => Fails(
        "type method = plane",
        """
        p.heap:1:15: expected a kind that types can have (plain, leaf, fin, noclear, legacy, opaque, tc, function, node, str), found 'plane'; did you mean 'plain'?
            type method = plane
                          ^
        """);

    [Fact]
    public void A_label_used_twice_names_the_other_line() => Fails(
        "thread main {\n  x: drop g0\n  x: drop g0\n}",
        """
        p.heap:3:3: expected a label of its own (line 2 has this one), found 'x'
              x: drop g0
              ^
        """);

    [Fact]
    public void A_label_written_where_another_place_would_give_it_names_the_other_line() => Fails(
        "thread main {\n  main/2: drop g0\n  drop g0\n}",
        """
        p.heap:3:3: expected a label: line 2 has 'main/2', which this place would give, found 'drop'
              drop g0
              ^
        """);

    [Fact]
    public void The_first_thread_is_main() => Fails(
        "thread worker { }",
        """
        p.heap:1:8: expected 'main': the first thread is always called so, found 'worker'
            thread worker { }
                   ^
        """);

    [Fact]
    public void A_program_without_a_thread_is_refused() => Fails(
        "# nothing\n",
        "p.heap:2:1: expected 'thread main {': a program has at least one thread, found the end of the program\n    \n    ^");

    [Fact]
    public void A_block_left_open_names_the_line_that_opens_it() => Fails(
        "thread main {\n  loop 3 {\n    drop g0\n}",
        """
        p.heap:4:2: expected '}' for thread 'main', opened on line 1, found the end of the program
            }
             ^
        """);

    [Fact]
    public void A_statement_outside_a_thread_is_refused() => Fails(
        "thred main { }",
        """
        p.heap:1:1: expected 'type', 'globals', 'prebuilt', 'thread' or 'script', found 'thred'; did you mean 'thread'?
            thred main { }
            ^
        """);

    [Fact]
    public void Two_statements_on_a_line_are_refused() => Fails(
        "thread main {\n  enable disable\n}",
        """
        p.heap:2:10: expected the end of the statement, found 'disable'; usage: enable
              enable disable
                     ^
        """);

    [Fact]
    public void A_global_cannot_be_called_like_a_place() => Fails(
        "globals a g7",
        """
        p.heap:1:11: expected a name other than push, self, gN and fN, which have a meaning of their own, found 'g7'
            globals a g7
                      ^
        """);

    [Fact]
    public void Text_without_an_end_is_refused() => Fails(
        "thread main {\n  new plain 1 \"abc\n}",
        """
        p.heap:2:15: expected a closing '"' on the same line, found the end of the line
              new plain 1 "abc
                          ^
        """);

    [Fact]
    public void An_unknown_escape_is_refused() => Fails(
        "thread main {\n  new plain 1 \"a\\q\"\n}",
        """
        p.heap:2:17: expected one of \" \\ \n \r \t \uXXXX, found '\q'
              new plain 1 "a\q"
                            ^
        """);

    [Fact]
    public void A_character_of_no_rule_is_refused() => Fails(
        "thread main {\n  drop §\n}",
        """
        p.heap:2:8: expected root (a global, gN or fN), found '§'; usage: drop ROOT
              drop §
                   ^
        """);

    [Fact]
    public void Deep_nesting_is_refused_where_it_is_too_deep()
    {
        var text = "thread main {\n" + string.Concat(Enumerable.Repeat("loop 1 {\n", 65)) + string.Concat(Enumerable.Repeat("}\n", 66));

        Fails(
            text,
            """
            p.heap:66:1: expected loops and choices no more than 64 deep, found 'loop'
                loop 1 {
                ^
            """);
    }

    [Fact]
    public void More_threads_than_a_process_has_stacks_are_refused() => Fails(
        "thread main {\n}\n" + string.Concat(Enumerable.Range(1, 4096).Select(i => $"thread t{i} {{\n}}\n")),
        """
        p.heap:8193:8: expected at most 4096 threads, found 't4096'
            thread t4096 {
                   ^
        """);

    [Fact]
    public void An_operation_of_a_collector_is_no_error_of_the_language() =>
        Assert.Single(HeapProgramParser.Parse("p.heap", "thread main {\n untrack g0\n}").Threads[0].Body);

    private static void Fails(string text, string message) =>
        Assert.Equal(message, Assert.Throws<GcReplayException>(() => HeapProgramParser.Parse("p.heap", text)).Message);
}
