using GcReplay.Tests.Contracts;

namespace GcReplay.Tests.Simulation.Collectors;

/// <summary>What the property tests found, as single programs.</summary>
public sealed class CPython39EndTests
{
    /// <summary>_PyGC_Fini untracked the three generations only; finalize_unlink_gc_head is called for the permanent one, too.</summary>
    [Theory]
    [InlineData("7247407", "hazard")]
    [InlineData("1a4d1c1", "hazard")]
    [InlineData("gh-92036", "hazard")]
    [InlineData("gh-94673", "crash")]
    [InlineData("gh-116510", null)]
    [InlineData("shared-state", null)]
    public void Frozen_objects_of_an_ended_interpreter_are_linked_to_its_struct_until_gh_116510(string revision, string? failure)
    {
        var run = TestRun.Of(TestRun.Options("""
            thread main {
              interpreter sub
              enter sub
              g0 = new plain 0
              freeze
              enter main
              end sub
              drop g0
            }
            """, "cpython39@" + revision));

        Assert.Equal(failure, run.Result.Failure?.Kind);
    }

    [Fact]
    public void An_array_copy_whose_finalizers_drop_the_arrays_goes_on()
    {
        var run = TestRun.Of(TestRun.Options("""
            globals source target
            thread main {
              source = new plain 2 "source"
              target = new plain 2 "target"
              push = new fin 0 drops
              store target 0 f0
              drop f0
              arraycopy source 0 target 0 2
            }
            script drops {
              drop source
              drop target
            }
            """, "cpython39@gh-92036"), checks: true);

        Assert.Null(run.Result.Failure);
        Assert.Empty(run.Violations);
        Assert.Empty(run.LiveNames);
    }

    /// <summary>Source: Include/cpython/weakrefobject.h PyWeakref_GET_OBJECT, bpo-16602.</summary>
    [Fact]
    public void A_weak_reference_to_what_the_trashcan_put_off_is_dead()
    {
        var run = TestRun.Of(TestRun.Options("""
            globals chain link watch seen
            thread main {
              chain = new tc 1 "deepest"
              watch = weakref chain
              loop 50 {
                link = new tc 2
                store link 0 chain
                chain = copy link
              }
              push = new fin 0 look
              store chain 1 f0
              drop f0
              seen = copy chain
              drop seen
              drop link
              drop chain
            }
            script look {
              seen = deref watch
            }
            """, "cpython39@gh-92036"), checks: true);

        Assert.Null(run.Result.Failure);
        Assert.Empty(run.Violations);
        Assert.Equal([""], run.LiveNames);
    }
}
