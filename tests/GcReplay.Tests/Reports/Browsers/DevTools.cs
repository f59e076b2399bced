using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace GcReplay.Tests.Reports.Browsers;

/// <summary>The DevTools protocol of a browser: methods that are called and answered, and events.</summary>
internal sealed class DevTools : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> waiting = new();
    private readonly ConcurrentQueue<JsonObject> events = new();
    private readonly SemaphoreSlim sending = new(1);
    private Task reading = Task.CompletedTask;
    private int last;

    /// <summary>Everything that was told and not asked for, in order.</summary>
    public IEnumerable<JsonObject> Events => events;

    public static async Task<DevTools> Connect(Uri address, CancellationToken cancellation)
    {
        var tools = new DevTools();
        await tools.socket.ConnectAsync(address, cancellation);
        tools.reading = tools.Read();
        return tools;
    }

    /// <summary>Calls a method.</summary>
    /// <param name="session">The page it is for; null for the browser.</param>
    /// <returns>Its result.</returns>
    public async Task<JsonObject> Call(string method, JsonObject? parameters = null, string? session = null)
    {
        var id = Interlocked.Increment(ref last);
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (session is not null)
            message["sessionId"] = session;
        var answer = waiting[id] = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        await sending.WaitAsync();
        try
        {
            await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            sending.Release();
        }

        var answered = await answer.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return answered["error"] is { } error
            ? throw new InvalidOperationException($"{method}: {error.ToJsonString()}")
            : answered["result"]!.AsObject();
    }

    public async ValueTask DisposeAsync()
    {
        socket.Abort();
        await reading;
        socket.Dispose();
        sending.Dispose();
    }

    private async Task Read()
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (true)
            {
                using var message = new MemoryStream();
                for (var isWhole = false; !isWhole;)
                {
                    var part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                    if (part.MessageType == WebSocketMessageType.Close)
                        return;
                    message.Write(buffer.AsSpan(0, part.Count));
                    isWhole = part.EndOfMessage;
                }

                message.Position = 0;
                var json = JsonNode.Parse(message)!.AsObject();
                if (json["id"] is { } id && waiting.TryRemove((int)id, out var answer))
                    answer.SetResult(json);
                else
                    events.Enqueue(json);
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            foreach (var answer in waiting.Values)
                answer.TrySetException(e);
        }
    }
}
