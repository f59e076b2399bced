using GcReplay.Tests.CommandLine;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Reports.Browsers;

[Collection(typeof(WithBrowser))]
public sealed class PictureTests(Browser browser) : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("traces/bpo-46070/list-order.gctrace")]
    [InlineData("traces/pypy-78bbeb93471/lost.gctrace")]
    [InlineData("traces/pypy-853ec5c72eb/false-alarm.gctrace")]
    [InlineData("traces/pypy-94529a6d2d0/lost.gctrace")]
    public Task Nothing_lies_upon_another_thing_in_the_pictures_of_the_gallery(string trace) => AssertClear(Repository.PathOf(trace));

    [Fact]
    public async Task Names_in_wide_signs_stay_in_their_boxes()
    {
        var names = new[] { "\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600", "\u4E2D\u6587\u540D\u5B57", "e\u0301\u0301\u0301", new string('W', 300) };
        await AssertClear(Record("wide", $"globals a\nthread main {{\n{string.Concat(names.Select(n => $"  push = new plain 1 \"{n}\"\n"))}}}\n"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(200)]
    public async Task Lists_of_any_length_are_drawn_whole(int members)
    {
        var methods = string.Concat(Enumerable.Range(0, members).Select(i => $"  push = new method 1 \"m{i}\"\n"));
        await AssertClear(Record("list", $"type method = plain\nthread main {{\n  interpreter sub\n  enter sub\n{methods}  enter main\n  end sub\n  drop f0\n}}\n"));
    }

    private async Task AssertClear(string trace)
    {
        var file = folder.PathOf("report.html");
        var run = CommandLineRun.Of("report", trace, "-o", file, "--events", "40");
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        var page = await browser.Open(file);
        Assert.Empty((await page.Value(Unclear))!.AsArray().Select(u => (string)u!));
    }

    private string Record(string name, string text)
    {
        var trace = folder.PathOf($"{name}.gctrace");
        var run = CommandLineRun.Of("record", folder.Write($"{name}.heap", text), "-o", trace, "--collector", "cpython39@7247407", "--allocator", "guard");
        Assert.True(run.ExitCode is ExitCode.Ok or ExitCode.Finding, run.Error);
        return trace;
    }

    /// <summary>Labels that leave their box, boxes and labels that lie upon each other, and what a picture cuts off.</summary>
    private const string Unclear = """
        (() => {
          const unclear = [];
          const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2;
          for (const svg of document.querySelectorAll('svg')) {
            const whole = svg.getBoundingClientRect();
            const boxes = [...svg.querySelectorAll('g:not(.chip)')].map(g => ({ box: g.querySelector(':scope > rect').getBoundingClientRect(), label: g.querySelector(':scope > text') }));
            for (const { box, label } of boxes) {
              const text = label.getBoundingClientRect();
              if (text.left < box.left || text.right > box.right + 0.5) unclear.push('leaves its box: ' + label.textContent);
            }
            const pairs = things => things.flatMap((a, i) => things.slice(0, i).filter(b => meet(a.at, b.at)).map(b => a.name + ' lies upon ' + b.name));
            unclear.push(...pairs(boxes.map(b => ({ at: b.box, name: 'box ' + b.label.textContent }))));
            unclear.push(...pairs([...svg.querySelectorAll('text')].map(t => ({ at: t.getBoundingClientRect(), name: 'label ' + t.textContent }))));
            for (const part of svg.querySelectorAll('text, rect, path')) {
              const at = part.getBoundingClientRect();
              if (at.left < whole.left - 1 || at.right > whole.right + 1 || at.top < whole.top - 1 || at.bottom > whole.bottom + 1)
                unclear.push('is cut off: ' + (part.textContent || part.outerHTML));
            }
          }
          return unclear;
        })()
        """;
}
