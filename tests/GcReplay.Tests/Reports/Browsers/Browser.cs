using System.Diagnostics;
using System.Text.Json.Nodes;

namespace GcReplay.Tests.Reports.Browsers;

/// <summary>Tests that take turns with one Chromium: several at once would only wait for each other.</summary>
[CollectionDefinition]
public sealed class WithBrowser : ICollectionFixture<Browser>;

/// <summary>One Chromium for all tests that need it.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const string Missing = "no Chromium is installed: the tests of reports in a browser need chromium";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private readonly string profile = Directory.CreateTempSubdirectory("gcreplay-browser-").FullName;
    private Process? process;
    private DevTools? tools;

    /// <summary>Opens a file in a page of its own.</summary>
    /// <param name="fragment">What the address ends in, with its <c>#</c>.</param>
    internal async Task<Page> Open(string file, int width = 1200, bool isDark = false, bool runsScripts = true, string fragment = "")
    {
        if (tools is null)
            Assert.Skip(Missing);
        return await Page.Open(tools, new Uri(file).AbsoluteUri + fragment, width, isDark, runsScripts);
    }

    public async ValueTask InitializeAsync()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (path is null)
            return;
        process = Process.Start(new ProcessStartInfo(path,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0", $"--user-data-dir={profile}", "about:blank",
        ]) { RedirectStandardError = true, RedirectStandardOutput = true });
        process!.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        tools = await DevTools.Connect(await Address(patience.Token), patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (tools is not null)
            await tools.DisposeAsync();
        if (process is not null)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        // A process of the browser may still close a file.
        for (var tries = 0; tries < 20; tries++)
        {
            try
            {
                Directory.Delete(profile, recursive: true);
                return;
            }
            catch (IOException)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Where the browser listens, once it has written that down.</summary>
    private async Task<Uri> Address(CancellationToken patience)
    {
        var file = Path.Combine(profile, "DevToolsActivePort");
        while (true)
        {
            patience.ThrowIfCancellationRequested();
            Assert.False(process!.HasExited, "the browser ended before it listened");
            if (File.Exists(file) && await File.ReadAllLinesAsync(file, patience) is [var port, var path, ..])
                return new Uri($"ws://127.0.0.1:{port}{path}");
            await Task.Delay(20, patience);
        }
    }
}

/// <summary>A page in the browser, and what it did that it should not.</summary>
internal sealed class Page
{
    private readonly DevTools tools;
    private readonly string session;

    private Page(DevTools tools, string session) => (this.tools, this.session) = (tools, session);

    public static async Task<Page> Open(DevTools tools, string address, int width, bool isDark, bool runsScripts)
    {
        var target = (string)(await tools.Call("Target.createTarget", new JsonObject { ["url"] = "about:blank" }))["targetId"]!;
        var page = new Page(tools, (string)(await tools.Call("Target.attachToTarget", new JsonObject { ["targetId"] = target, ["flatten"] = true }))["sessionId"]!);
        foreach (var domain in new[] { "Page", "Runtime", "Log", "Network", "Accessibility" })
            await page.Call($"{domain}.enable");
        await page.Call("Page.addScriptToEvaluateOnNewDocument", new JsonObject
        {
            ["source"] = "window.violations = []; document.addEventListener('securitypolicyviolation', e => window.violations.push(e.violatedDirective + ' ' + e.blockedURI));",
        });
        await page.Call("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        await page.Call("Emulation.setEmulatedMedia", new JsonObject
        {
            ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = isDark ? "dark" : "light" }),
        });
        await page.Call("Emulation.setScriptExecutionDisabled", new JsonObject { ["value"] = !runsScripts });
        await page.Call("Page.navigate", new JsonObject { ["url"] = address });
        await page.Until(() => page.Told("Page.loadEventFired").Any());
        return page;
    }

    /// <summary>What the page's own rules forbade, errors in its console, and whatever it asked the network for.</summary>
    public async Task<IReadOnlyList<string>> Complaints()
    {
        var violations = (await Value("window.violations"))!.AsArray().Select(v => (string)v!);
        var requests = Told("Network.requestWillBeSent").Select(e => (string)e["request"]!["url"]!).Where(url => !url.StartsWith("file:", StringComparison.Ordinal) && url != "about:blank");
        return [.. violations, .. requests, .. Told("Network.requestWillBeSent").Skip(1).Select(e => $"a second request: {e["request"]!["url"]}"),
            .. Told("Runtime.exceptionThrown").Select(e => e.ToJsonString()), .. Told("Runtime.consoleAPICalled").Select(e => e.ToJsonString()),
            .. Told("Log.entryAdded").Select(e => e.ToJsonString()), .. Told("Page.javascriptDialogOpening").Select(e => e.ToJsonString())];
    }

    /// <summary>What an expression is in the page.</summary>
    public async Task<JsonNode?> Value(string expression)
    {
        var answer = await Call("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        return answer["exceptionDetails"] is { } wrong ? throw new InvalidOperationException(wrong.ToJsonString()) : answer["result"]!["value"]?.DeepClone();
    }

    /// <summary>Waits until an expression is true in the page.</summary>
    public async Task Until(string expression)
    {
        for (var waited = 0; (bool?)await Value(expression) != true; waited++)
        {
            Assert.True(waited < 1000, $"not in 10 seconds: {expression}");
            await Task.Delay(10);
        }
    }

    /// <summary>Presses a key where the focus is.</summary>
    public async Task Press(string key)
    {
        var code = key switch { "End" => 35, "Home" => 36, "PageUp" => 33, "PageDown" => 34, "ArrowLeft" => 37, "ArrowRight" => 39, "Tab" => 9, _ => 0 };
        foreach (var type in new[] { "keyDown", "keyUp" })
            await Call("Input.dispatchKeyEvent", new JsonObject { ["type"] = type, ["key"] = key, ["code"] = key, ["windowsVirtualKeyCode"] = code });
    }

    /// <summary>Clicks into the middle of an element.</summary>
    public async Task Click(string selector)
    {
        var at = (await Value($"(() => {{ const e = document.querySelector('{selector}'); e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})()"))!;
        foreach (var type in new[] { "mousePressed", "mouseReleased" })
            await Call("Input.dispatchMouseEvent", new JsonObject { ["type"] = type, ["x"] = (double)at[0]!, ["y"] = (double)at[1]!, ["button"] = "left", ["clickCount"] = 1 });
    }

    /// <summary>The nodes that a screen reader knows.</summary>
    public async Task<IReadOnlyList<(string Role, string Name)>> AccessibleNodes() =>
        [.. (await Call("Accessibility.getFullAXTree"))["nodes"]!.AsArray().Where(n => n!["ignored"]?.GetValue<bool>() != true)
            .Select(n => ((string?)n!["role"]?["value"] ?? "", (string?)n["name"]?["value"] ?? ""))];

    /// <summary>A picture of the whole page, as PNG.</summary>
    public async Task<byte[]> Screenshot() =>
        Convert.FromBase64String((string)(await Call("Page.captureScreenshot", new JsonObject { ["captureBeyondViewport"] = true }))["data"]!);

    private IEnumerable<JsonNode> Told(string method) =>
        tools.Events.Where(e => (string?)e["sessionId"] == session && (string?)e["method"] == method).Select(e => e["params"]!);

    private Task<JsonObject> Call(string method, JsonObject? parameters = null) => tools.Call(method, parameters, session);

    private async Task Until(Func<bool> condition)
    {
        for (var waited = 0; !condition(); waited++)
        {
            Assert.True(waited < 3000, "the page was not loaded in 30 seconds");
            await Task.Delay(10);
        }
    }
}
