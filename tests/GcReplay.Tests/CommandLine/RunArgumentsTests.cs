using System.CommandLine;
using GcReplay.Commands;
using GcReplay.Heaps;

namespace GcReplay.Tests.CommandLine;

public sealed class RunArgumentsTests
{
    private readonly Command command = new("record");
    private readonly RunArguments arguments = new();

    public RunArgumentsTests() => arguments.AddTo(command);

    [Theory]
    [InlineData("-1")]
    [InlineData("0x10")]
    [InlineData("18446744073709551616")]
    public void A_seed_that_is_no_64_bit_number_is_an_error(string text) =>
        Assert.Contains("expected a number from 0 to 18446744073709551615", Parse("--seed=" + text).Errors[0].Message);

    [Fact]
    public void Without_chaos_no_seed_is_drawn()
    {
        Assert.Equal(0UL, arguments.Seed(Parse()));
        Assert.Equal(7UL, arguments.Seed(Parse("--seed", "7", "--chaos")));
        Assert.NotEqual(0UL, arguments.Seed(Parse("--chaos")));
    }

    [Fact]
    public void Parameters_are_keys_and_values()
    {
        var found = arguments.Parameters(Parse("--set", "threshold0=700", "--set", "note=a=b"));
        Assert.Equal(["note: a=b", "threshold0: 700"], found.Select(p => $"{p.Key}: {p.Value}"));
    }

    [Theory]
    [InlineData("threshold0")]
    [InlineData("=1")]
    public void A_parameter_without_key_or_value_is_wrong_input(string text)
    {
        var e = Assert.Throws<GcReplayException>(() => arguments.Parameters(Parse("--set", text)));
        Assert.Equal($"--set {text}: expected KEY=VALUE.", e.Message);
    }

    [Fact]
    public void A_parameter_set_twice_is_wrong_input() =>
        Assert.Throws<GcReplayException>(() => arguments.Parameters(Parse("--set", "a=1", "--set", "a=2")));

    private ParseResult Parse(params string[] args) => command.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
}
