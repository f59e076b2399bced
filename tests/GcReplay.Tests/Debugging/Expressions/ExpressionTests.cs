using GcReplay.Debugging;
using GcReplay.Debugging.Expressions;
using GcReplay.Heaps;
using GcReplay.Tests.House;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Debugging.Expressions;

public sealed class ExpressionTests : IDisposable
{
    private readonly TraceReader trace = TraceReader.Open(Repository.PathOf("traces/bpo-46070/silent.gctrace"));
    private readonly Debugger small = new(HandMadeStories.SmallRun());

    public void Dispose() => trace.Dispose();

    [Theory]
    [InlineData("1 + 2 * 3", 7UL)]
    [InlineData("(1 + 2) * 3", 9UL)]
    [InlineData("10 - 2 - 3", 5UL)]
    [InlineData("0 - 1", ulong.MaxValue)]
    [InlineData("-1 + 1", 0UL)]
    [InlineData("0xff & 0x0f | 0x30", 0x3FUL)]
    [InlineData("6 ^ 3", 5UL)]
    [InlineData("17 % 5 + 17 / 5", 5UL)]
    [InlineData("1_000", 1000UL)]
    [InlineData("18446744073709551615 * 2", ulong.MaxValue - 1)]
    public void Numbers_are_computed_modulo_2_to_the_64(string text, ulong expected) =>
        Assert.Equal((ValueKind.Number, expected), Kind(small, text));

    [Theory]
    [InlineData("1 < 2 && 2 < 3", true)]
    [InlineData("1 == 2 || !(3 != 3)", true)]
    [InlineData("6 & 3 == 2", true)]
    [InlineData("false && 1 / 0 == 1", false)]
    [InlineData("true || 1 / 0 == 1", true)]
    [InlineData("0xffffffffffffffff > 1", true)]
    [InlineData("!0", true)]
    public void Truths_follow_the_operators(string text, bool expected) =>
        Assert.Equal((ValueKind.Truth, expected ? 1UL : 0UL), Kind(small, text));

    [Theory]
    [InlineData("1 / 0")]
    [InlineData("1 % (2 - 2)")]
    [InlineData("1 / 0 == 1 || false")]
    [InlineData("!(1 / 0 == 1)")]
    public void What_is_computed_from_no_answer_has_none(string text) => Assert.Equal(ValueKind.Unknown, Kind(small, text).Kind);

    [Theory]
    [InlineData("", 1, "expected value")]
    [InlineData("1 +", 4, "expected value")]
    [InlineData("(1", 3, "expected")]
    [InlineData("kind = Store", 6, "unexpected")]
    [InlineData("kind == Stoer", 9, "did you mean 'Store'?")]
    [InlineData("colur(#1) == black", 1, "did you mean 'colour'?")]
    [InlineData("posiiton > 3", 1, "did you mean 'position'?")]
    [InlineData("event.objekt == #1", 7, "did you mean 'object'?")]
    [InlineData("operation.lien == 1", 11, "did you mean 'line'?")]
    [InlineData("kind == 12", 6, "never the same")]
    [InlineData("kind < Store", 6, "neither is less")]
    [InlineData("kind", 1, "neither holds nor fails")]
    [InlineData("#1.ob_refcount == 1", 4, "it has ob_refcnt")]
    [InlineData("99999999999999999999", 1, "does not fit")]
    [InlineData("on(main.generation7)", 9, "there is no list")]
    [InlineData("colour(#1, #2) == black", 12, "takes one object")]
    public void A_wrong_expression_is_refused_with_its_column_and_what_was_expected(string text, int column, string fact)
    {
        var e = Assert.Throws<GcReplayException>(() => Expression.Condition(small, text));

        Assert.Contains($"column {column}:", e.Message, StringComparison.Ordinal);
        Assert.Contains(fact, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_object_that_is_never_born_is_refused() =>
        Assert.Contains("the last object born is #2", Assert.Throws<GcReplayException>(() => Expression.Read(small, "colour(#9)")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("#1.ob_refcnt", "1")]
    [InlineData("#1.slot0 == #2", "yes")]
    [InlineData("#1.slot0.ob_refcnt", "1")]
    [InlineData("#1.slot1 == nothing", "yes")]
    [InlineData("type(#1)", "dict")]
    [InlineData("name(#1.slot0)", "key")]
    [InlineData("state(#2)", "live")]
    [InlineData("size(#1)", "40")]
    [InlineData("age(#2)", "8")]
    [InlineData("thread == worker", "yes")]
    [InlineData("operation.line", "7")]
    [InlineData("operation.text", "drop f0")]
    public void Objects_threads_and_statements_can_be_asked_about(string text, string expected)
    {
        small.Execute("goto 14");

        Assert.Equal($"{text} = {expected}", Assert.Single(small.Execute($"print {text}").Lines));
    }

    [Theory]
    [InlineData("print #2.ob_refcnt", "#2 is not born yet at position 3")]
    [InlineData("print event.slot", "no operand 'slot'")]
    public void A_question_without_an_answer_says_why(string command, string why)
    {
        small.Execute("goto 3");

        Assert.Contains(why, Assert.Throws<GcReplayException>(() => small.Execute(command)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("owner(#2) == sub && !orphaned(#2)")]
    [InlineData("on(#2, sub.generation0)")]
    [InlineData("on(#2, generation0)")]
    [InlineData("list(#2) == sub.generation0")]
    [InlineData("birthplace(#2) == sub")]
    [InlineData("birthplace(#1) == main && owner(#1) == main")]
    [InlineData("actor == sub")]
    [InlineData("reachable(#2)")]
    [InlineData("g0 == #1")]
    [InlineData("g0.slot[0] == nothing")]
    [InlineData("main.count0 >= 1")]
    [InlineData("sub.generation0 == main.generation0 || true")]
    [InlineData("kind == OperationEnd && operation.text == \"compile = new method 1 \\\"compile\\\"\" || true")]
    public void The_survivor_of_an_interpreter_is_seen_by_its_three_identities(string text)
    {
        var debugger = new Debugger(trace);
        debugger.Execute("tbreak 13");
        debugger.Execute("continue");
        debugger.Execute("next");

        Assert.True(Expression.Condition(debugger, text.Replace("\\\"", "")).Evaluate(Moment.Of(debugger.Timeline)).Holds(), debugger.Execute("when").Lines[1]);
    }

    private static (ValueKind Kind, ulong Bits) Kind(Debugger debugger, string text)
    {
        var value = Expression.Read(debugger, text).Evaluate(Moment.Of(debugger.Timeline));
        return (value.Kind, value.Bits);
    }
}
