using GcReplay.Debugging;
using GcReplay.Tests.CommandLine;
using GcReplay.Tests.House;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Reports.Browsers;

[Collection(typeof(WithBrowser))]
public sealed class PlayerTests(Browser browser) : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("bpo-46070/guard.gctrace")]
    [InlineData("pypy-78bbeb93471/lost.gctrace")]
    public async Task Keys_and_buttons_lead_to_what_the_debugger_shows_there(string name)
    {
        var trace = Repository.PathOf($"traces/{name}");
        var chain = CommandLineRun.Of("explain", trace, "--json").Json["chain"]!.AsArray().Select(l => (long)l!["event"]!).ToList();
        using var source = TraceReader.Open(trace);
        var debugger = new Debugger(source);
        var page = await browser.Open(Report(trace));

        await At(chain[^1]);
        await page.Value("document.getElementById('stage').focus()");
        await page.Press("ArrowLeft");
        await At(chain[^1] - 1);
        await page.Press("ArrowRight");
        await page.Press("ArrowRight");
        await At(chain[^1] + 1);
        await page.Press("End");
        await At(source.EventCount);
        await page.Press("PageUp");
        await At(chain.Where(e => e < source.EventCount).Max());
        await page.Press("Home");
        await At(1);
        await page.Click("#next-link");
        await At(chain.Min());
        await page.Click("#back");
        await At(chain.Min() - 1);
        await page.Click("#forward");
        await page.Click("#forward");
        await At(chain.Min() + 1);
        await page.Click("#last");
        await page.Press("ArrowLeft");
        await At(source.EventCount - 1);
        await page.Click("#slider");
        await At((long)(await page.Value("Number(document.getElementById('slider').value) + 1"))!);
        await page.Click(".chain li:first-child a");
        await page.Until($"Number(document.getElementById('stage').dataset.event) === {chain[0]}");
        await At(chain[0]);
        Assert.Equal("stage", (string)(await page.Value("document.activeElement.id"))!);
        Assert.Empty(await page.Complaints());

        async Task At(long position)
        {
            debugger.Timeline.MoveTo(position);
            PlayerScene.AssertShows(debugger, (await page.Value($"{PlayerScene.Shown}()"))!);
        }
    }

    [Fact]
    public async Task An_address_leads_to_the_event_that_it_names()
    {
        var file = Report(Repository.PathOf("traces/bpo-46070/guard.gctrace"));
        const string Event = "Number(document.getElementById('stage').dataset.event)";
        var page = await browser.Open(file, fragment: "#event-58");
        Assert.Equal(58, (int)(await page.Value(Event))!);
        Assert.InRange((double)(await page.Value("document.getElementById('stage').getBoundingClientRect().top"))!, -1, 1);
        await page.Click(".chain li:last-child a");
        await page.Until($"{Event} === 99 && location.hash === '#event-99'");
        await page.Press("ArrowRight");
        Assert.Equal("#event-100", (string)(await page.Value("document.getElementById('here').hash"))!);
        await page.Click(".chain li:last-child a");
        await page.Until($"{Event} === 99 && document.activeElement.id === 'stage'");
        await page.Value("history.back()");
        await page.Until($"{Event} === 58");
        await page.Value("location.hash = '#event-4711'");
        await page.Until("document.getElementById('absent').innerText !== ''");
        Assert.Equal((58, "Event 4711 is not in this page."), ((int)(await page.Value(Event))!, (string)(await page.Value("document.getElementById('absent').innerText"))!));
        Assert.Empty(await page.Complaints());
    }

    [Fact]
    public async Task Keys_that_the_page_needs_are_left_to_it()
    {
        const string Event = "Number(document.getElementById('stage').dataset.event)";
        const string Top = "document.scrollingElement.scrollTop";
        var page = await browser.Open(Report(Repository.PathOf("traces/bpo-46070/guard.gctrace")));
        await page.Press("ArrowRight");
        Assert.Equal(99, (int)(await page.Value(Event))!);
        await page.Value("document.getElementById('stage').scrollIntoView()");
        await page.Press("ArrowRight");
        Assert.Equal(100, (int)(await page.Value(Event))!);
        var top = (double)(await page.Value(Top))!;
        await page.Press("Home");
        await page.Until("document.scrollingElement.scrollTop === 0");
        Assert.Equal((100, true), ((int)(await page.Value(Event))!, top > 0));
        await page.Value("document.querySelector('#repeat pre').setAttribute('contenteditable', 'true')");
        await page.Value("document.querySelector('#repeat pre').focus(); document.getElementById('stage').scrollIntoView()");
        await page.Press("ArrowRight");
        Assert.Equal(100, (int)(await page.Value(Event))!);
    }

    [Theory]
    [InlineData(400, false)]
    [InlineData(400, true)]
    [InlineData(1400, false)]
    [InlineData(1400, true)]
    public async Task A_page_fits_its_window_and_can_be_read_in_light_and_dark(int width, bool isDark)
    {
        var page = await browser.Open(Report(Repository.PathOf("traces/pypy-78bbeb93471/lost.gctrace")), width, isDark);
        Keep(await page.Screenshot(), $"report-{width}-{(isDark ? "dark" : "light")}.png");
        Assert.Equal(width, (int)(await page.Value("document.documentElement.scrollWidth"))!);
        Assert.Empty((await page.Value(Contrasts))!.AsArray().Select(c => c!.ToJsonString()));
        Assert.Equal(isDark, (int)(await page.Value("Number(getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/)[0])"))! < 128);
    }

    [Fact]
    public async Task Names_that_are_markup_stay_names()
    {
        var markup = "</script></template></title></style>]]><img src=x onerror=evil()><svg onload=evil()>\u202Edrow " + new string('n', 5000);
        var program = folder.Write("<img src=x onerror=evil()>.heap", $"globals a\nthread main {{\n  a = new plain 1 \"{markup}\"\n  a = new plain 1 \"{markup}\"\n}}\n");
        var trace = folder.PathOf("evil.gctrace");
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("record", program, "-o", trace).ExitCode);
        var page = await browser.Open(Report(trace));
        Assert.Empty(await page.Complaints());
        Assert.Equal(0, (int)(await page.Value("document.querySelectorAll('img, [onload], [onerror]').length"))!);
        Assert.Equal(2, (int)(await page.Value("document.querySelectorAll('script').length"))!);
        Assert.Contains("</script></template>", (string)(await page.Value("document.getElementById('stage').innerText"))!, StringComparison.Ordinal);
        Assert.Contains("\\u202e", (string)(await page.Value("document.getElementById('program').innerText"))!, StringComparison.Ordinal);
        await page.Press("ArrowLeft");
    }

    [Fact]
    public async Task A_page_of_a_trace_that_lost_its_events_has_no_player_and_no_complaints()
    {
        var trace = folder.PathOf("cut.gctrace");
        File.WriteAllBytes(trace, File.ReadAllBytes(Repository.PathOf("traces/bpo-46070/guard.gctrace"))[..^1100]);
        var page = await browser.Open(Report(trace));
        Assert.Empty(await page.Complaints());
        Assert.Equal(0, (int)(await page.Value("document.querySelectorAll('#stage').length"))!);
        Assert.Contains("The trace is not whole", (string)(await page.Value("document.body.innerText"))!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_scripts_the_story_is_there_and_the_player_is_not()
    {
        var page = await browser.Open(Report(Repository.PathOf("traces/bpo-46070/guard.gctrace")), runsScripts: false);
        var text = (string)(await page.Value("document.body.innerText"))!;
        Assert.Contains("Stepping needs JavaScript.", text, StringComparison.Ordinal);
        Assert.Contains("After the first corrupt event (event 99)", text, StringComparison.Ordinal);
        Assert.Contains("sub destroyed", text, StringComparison.Ordinal);
        Assert.Equal(0, (int)(await page.Value("document.getElementById('stage').getClientRects().length"))!);
    }

    [Fact]
    public async Task Who_can_not_see_the_page_is_told_what_everything_is()
    {
        var page = await browser.Open(Report(Repository.PathOf("traces/bpo-46070/guard.gctrace")));
        var nodes = await page.AccessibleNodes();
        Assert.DoesNotContain(nodes, n => n.Role is "button" or "slider" or "image" or "img" or "region" or "link" or "table" && n.Name.Length == 0);
        Assert.Equal(["First", "« Link", "‹ Back", "Forward ›", "Link »", "Last"], nodes.Where(n => n.Role == "button").Select(n => n.Name));
        Assert.Contains(nodes, n => n.Role is "image" or "img" && n.Name.StartsWith("sub.generation2, 1 member, its head lies in freed memory: #2 method 'compile'", StringComparison.Ordinal));
        Assert.Empty((await page.Value("(() => { const seen = new Set(); return [...document.querySelectorAll('[id]')].map(e => e.id).filter(id => seen.size === seen.add(id).size); })()"))!.AsArray());
        Assert.Equal(["H1", "H2"], (await page.Value("[...new Set([...document.querySelectorAll('h1, h2')].map(h => h.tagName))]"))!.AsArray().Select(t => (string)t!));
    }

    private string Report(string trace)
    {
        var page = folder.PathOf("report.html");
        var run = CommandLineRun.Of("report", trace, "-o", page);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        return page;
    }

    private static void Keep(byte[] picture, string name)
    {
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], picture[..4]);
        if (Environment.GetEnvironmentVariable("GCREPLAY_SCREENSHOTS") is { Length: > 0 } kept)
            File.WriteAllBytes(Path.Combine(kept, name), picture);
    }

    /// <summary>Texts that stand out from what is behind them by less than 4.5 to 1.</summary>
    private const string Contrasts = """
        (() => {
          const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const rgb = colour => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
          const light = c => c.slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const over = (top, below) => top.map((v, i) => i === 3 ? 255 : v * top[3] / 255 + below[i] * (1 - top[3] / 255));
          const ground = e => {
            if (!e) return rgb(getComputedStyle(document.documentElement).backgroundColor);
            const box = e.tagName === 'text' ? e.parentElement.querySelector(':scope > rect') : null;
            const fill = box ? getComputedStyle(box).fill : 'none';
            const own = rgb(fill !== 'none' ? fill : getComputedStyle(e).backgroundColor);
            return own[3] === 255 ? own : over(own, ground(e.parentElement));
          };
          const weak = [];
          for (const e of document.querySelectorAll('body *')) {
            if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || !e.getClientRects().length || e.closest('button[aria-disabled=true], title')) continue;
            const style = getComputedStyle(e);
            const below = ground(e);
            const ink = over(rgb(e instanceof SVGElement ? style.fill : style.color), below);
            const [a, b] = [light(ink), light(below)].sort((x, y) => y - x);
            const contrast = (a + 0.05) / (b + 0.05);
            if (contrast < 4.5) weak.push({ element: e.tagName + '.' + (e.getAttribute('class') ?? ''), text: e.textContent.slice(0, 30), contrast });
          }
          return weak;
        })()
        """;
}
