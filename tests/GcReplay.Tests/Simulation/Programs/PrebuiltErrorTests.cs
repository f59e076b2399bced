using GcReplay.Heaps;
using GcReplay.Simulation.Programs;

namespace GcReplay.Tests.Simulation.Programs;

/// <summary>Golden text, as all errors of the language.</summary>
public class PrebuiltErrorTests
{
    [Fact]
    public void A_node_has_two_slots() => Fails(
        "prebuilt p = node none",
        """
        p.heap:1:10: expected a prebuilt object with 2 slots, since every 'node' has so many, found 'p', which has 1
            prebuilt p = node none
                     ^
        """);

    [Fact]
    public void A_new_node_has_two_slots() => Fails(
        "thread main {\n  new node 3\n}",
        """
        p.heap:2:12: expected slots (2, which is what every 'node' has), found '3'; usage: [ROOT =] new TYPE SLOTS ["NAME"] [SCRIPT]
              new node 3
                       ^
        """);

    [Fact]
    public void A_slot_names_a_prebuilt_object() => Fails(
        "prebuilt first = plain\nprebuilt p = plain firts none",
        """
        p.heap:2:20: expected the name of a prebuilt object, or none, found 'firts'; did you mean 'first'?
            prebuilt p = plain firts none
                               ^
        """);

    [Fact]
    public void A_kind_without_references_has_no_prebuilt_objects() => Fails(
        "prebuilt p = str none",
        """
        p.heap:1:14: expected a type of a prebuilt object (of kind plain or node), found 'str'
            prebuilt p = str none
                         ^
        """);

    [Fact]
    public void An_unknown_type_names_the_nearest() => Fails(
        "prebuilt p = nod none none",
        """
        p.heap:1:14: expected the type of a prebuilt object (declared above with 'type', or a kind), found 'nod'; did you mean 'node'?; usage: prebuilt NAME = TYPE [SLOT…]
            prebuilt p = nod none none
                         ^
        """);

    [Fact]
    public void Two_prebuilt_objects_have_two_names() => Fails(
        "prebuilt p = plain\nprebuilt p = plain",
        """
        p.heap:2:10: expected a name that no other prebuilt object has, found 'p'
            prebuilt p = plain
                     ^
        """);

    [Fact]
    public void A_prebuilt_object_is_not_called_like_an_empty_slot() => Fails(
        "prebuilt none = plain",
        """
        p.heap:1:10: expected a name other than none, push, self, gN and fN, which have a meaning of their own, found 'none'
            prebuilt none = plain
                     ^
        """);

    [Fact]
    public void A_global_is_not_called_like_a_prebuilt_object() => Fails(
        "globals a p\nprebuilt p = plain",
        """
        p.heap:1:11: expected a name that no other global and no prebuilt object has, found 'p'
            globals a p
                      ^
        """);

    [Fact]
    public void A_prebuilt_object_is_no_destination() => Fails(
        "prebuilt p = plain\nthread main {\n  p = new plain 0\n}",
        """
        p.heap:3:3: expected where the reference goes (push, a global, gN or fN; a prebuilt object is only read), found 'p'
              p = new plain 0
              ^
        """);

    [Fact]
    public void A_prebuilt_object_is_not_dropped() => Fails(
        "prebuilt p = plain\nthread main {\n  drop p\n}",
        """
        p.heap:3:8: expected root (a global, gN or fN; a prebuilt object is only read), found 'p'; usage: drop ROOT
              drop p
                   ^
        """);

    [Fact]
    public void A_word_of_a_row_is_spelt_as_the_row_has_it() => Fails(
        "thread main {\n  advance sweep\n}",
        """
        p.heap:2:11: expected state (scanning, marking, sweeping, finalizing), found 'sweep'; did you mean 'sweeping'?; usage: advance STATE
              advance sweep
                      ^
        """);

    private static void Fails(string text, string message) =>
        Assert.Equal(message, Assert.Throws<GcReplayException>(() => HeapProgramParser.Parse("p.heap", text)).Message);
}
