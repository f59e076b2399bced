using GcReplay.Heaps;
using GcReplay.Screen;

namespace GcReplay.Tests.Screen;

/// <summary>Presses are answered one after the other beside the thread that draws.</summary>
public sealed class JobsTests
{
    [Fact]
    public void An_action_that_runs_is_stopped_and_what_waits_behind_it_is_forgotten()
    {
        using var began = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        var answered = new List<string>();
        using var jobs = new Jobs(action => Task.Run(action), action => action())
        {
            Answer = (press, _, progress) =>
            {
                answered.Add(press.Key);
                began.Set();
                progress.Cancel.WaitHandle.WaitOne();
                progress.At(7);
            },
            Answered = ended.Set,
        };
        jobs.Add(new Press("c"));
        began.Wait(TestContext.Current.CancellationToken);
        jobs.Add(new Press("s"));

        Assert.True(jobs.IsBusy);
        jobs.Cancel();

        ended.Wait(TestContext.Current.CancellationToken);
        Assert.Equal(["c"], answered);
        Assert.Null(jobs.Defect);
    }

    [Fact]
    public void Idle_work_gives_way_to_a_press_and_is_nothing_that_Esc_stops()
    {
        using var idles = new ManualResetEventSlim();
        using var goesOn = new ManualResetEventSlim();
        using var answered = new ManualResetEventSlim();
        using var jobs = new Jobs(action => Task.Run(action), action => action())
        {
            Answer = (press, _, _) =>
            {
                if (press.Key == "Esc")
                    answered.Set();
            },
            Idle = _ =>
            {
                idles.Set();
                goesOn.Wait();
                return !answered.IsSet;
            },
        };
        jobs.Add(new Press("Open"));
        idles.Wait(TestContext.Current.CancellationToken);

        Assert.True(jobs.IsBusy);
        Assert.False(jobs.IsAnswering);
        Assert.False(jobs.IsLong);
        jobs.Add(new Press("Esc"));
        Assert.True(jobs.IsAnswering);
        goesOn.Set();

        answered.Wait(TestContext.Current.CancellationToken);
        jobs.End(TimeSpan.FromMinutes(1));
        Assert.False(jobs.IsBusy);
    }

    [Fact]
    public void A_defect_in_an_action_is_kept_for_the_caller()
    {
        using var jobs = new Jobs(action => action(), action => action()) { Answer = (_, _, _) => throw new BrokenAssumptionException("two and two") };

        jobs.Add(new Press("s"));

        Assert.Throws<BrokenAssumptionException>(() => jobs.Defect!.Throw());
        Assert.False(jobs.IsBusy);
    }

    [Fact]
    public void A_key_held_down_is_one_press_with_a_count()
    {
        var queue = new PressQueue();
        queue.Add(new Press("s"));
        queue.Add(new Press("s"));
        queue.Add(new Press("s"));
        queue.Add(new Press("S"));

        Assert.Equal((new Press("s"), 3), queue.Take());
        Assert.Equal((new Press("S"), 1), queue.Take());
        Assert.Null(queue.Take());
    }

    [Fact]
    public void The_queue_is_bounded_and_a_new_size_is_never_lost()
    {
        var queue = new PressQueue();
        Assert.All(Enumerable.Range(0, 1024), i => Assert.True(queue.Add(new Press(i % 2 == 0 ? "a" : "b"))));

        Assert.False(queue.Add(new Press("c")));
        Assert.True(queue.Add(new Press("Resize", 24, 80)));
        Assert.True(queue.Add(new Press("Resize", 40, 120)));
        queue.Clear();

        Assert.Equal((new Press("Resize", 40, 120), 1), queue.Take());
        Assert.Null(queue.Take());
    }
}
