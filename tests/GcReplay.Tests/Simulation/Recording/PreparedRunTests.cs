using GcReplay.Heaps;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Contracts;

namespace GcReplay.Tests.Simulation.Recording;

/// <summary>A program that its collector cannot run is refused before the first event. Marksweep: the collector that knows least.</summary>
public sealed class PreparedRunTests
{
    [Fact]
    public void A_declared_type_of_an_unknown_kind_is_refused_where_it_is_declared() => Refuses(
        "type t = opaque\nthread main { }",
        ":1: type 't' is of kind 'opaque', which marksweep does not know. Kinds: plain, leaf");

    [Fact]
    public void An_unknown_kind_under_its_own_name_is_refused_where_it_is_used() => Refuses(
        "thread main {\n new leaf 0\n new opaque 0\n}",
        ":3: type 'opaque' is of kind 'opaque', which marksweep does not know. Kinds: plain, leaf");

    [Fact]
    public void An_operation_of_another_collector_is_refused() => Refuses(
        "thread main {\n tuple g0\n}",
        ":2: 'tuple' is an operation of cpython39, and the run's collector is marksweep. Try: --collector cpython39");

    [Fact]
    public void A_script_that_nothing_could_call_is_refused() => Refuses(
        "thread main { }\nscript s { }",
        ":2: script 's' can only be called by objects of kinds that marksweep does not know (fin, weakref). Kinds: plain, leaf");

    [Fact]
    public void Prebuilt_objects_are_refused_by_a_collector_that_has_none() => Refuses(
        "thread main { }\nprebuilt p = plain none",
        ":2: 'p' is there before the program begins; marksweep has no prebuilt objects. Collectors that have some: ");

    private static void Refuses(string program, string message)
    {
        var options = TestRun.Options(program) with { Collector = "marksweep" };

        var error = Assert.Throws<GcReplayException>(() => new PreparedRun(options, "test"));

        Assert.StartsWith(options.ProgramName + message, error.Message, StringComparison.Ordinal);
    }
}
