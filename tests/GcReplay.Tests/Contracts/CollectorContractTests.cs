namespace GcReplay.Tests.Contracts;

public sealed class CollectorContractTests
{
    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public void An_unreachable_cycle_is_freed_by_a_full_collection(string collector, string allocator)
    {
        var run = TestRun.Of(TestRun.Options("""
            globals a b
            thread main {
              a = new plain 1 "first"
              b = new plain 1 "second"
              store a 0 b
              store b 0 a
              drop a
              drop b
              collect full
            }
            """, collector, allocator));

        Assert.Null(run.Result.Failure);
        Assert.Empty(run.LiveNames);
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public void What_a_root_reaches_survives_every_collection(string collector, string allocator)
    {
        var run = TestRun.Of(TestRun.Options("""
            globals root
            thread main {
              root = new plain 2 "root"
              push = new plain 2 "child"
              store root 0 f0
              push = new leaf 0 "leaf"
              store f0 1 f1
              store f0 0 root
              drop f1
              drop f0
              loop 3 {
                collect full
                collect minor
                collect increment
              }
            }
            """, collector, allocator));

        Assert.Null(run.Result.Failure);
        Assert.Equal(["root", "child", "leaf"], run.LiveNames);
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public void A_store_behind_the_collectors_back_keeps_its_object_alive(string collector, string allocator)
    {
        var run = TestRun.Of(TestRun.Options("""
            globals hidden holder
            thread main {
              disable
              holder = new plain 1 "holder"
              hidden = new plain 1 "chain"
              loop 50 {
                push = new plain 1 "link"
                store f0 0 hidden
                hidden = copy f0
                drop f0
                collect increment
              }
              store holder 0 hidden
              drop hidden
              collect full
              collect full
            }
            """, collector, allocator));

        Assert.Null(run.Result.Failure);
        Assert.Equal(52, run.LiveCount);
    }

    [Theory]
    [MemberData(nameof(Machines.CopyingInBothDirections), MemberType = typeof(Machines))]
    public void An_overlapping_array_copy_moves_each_reference_once(string collector, string allocator)
    {
        var run = TestRun.Of(TestRun.Options("""
            globals array
            thread main {
              array = new plain 4 "array"
              push = new plain 0 "x"
              store array 0 f0
              push = new plain 0 "y"
              store array 1 f1
              drop f1
              drop f0
              arraycopy array 0 array 1 3
              clear array 0
              collect full
              clear array 1
              clear array 2
              collect full
            }
            """, collector, allocator));

        Assert.Null(run.Result.Failure);
        Assert.Equal(["array"], run.LiveNames);
    }

    [Theory]
    [MemberData(nameof(Machines.Long), MemberType = typeof(Machines))]
    public void A_chain_of_100000_objects_dies_at_once(string collector, string allocator)
    {
        var run = TestRun.Of(TestRun.Options("""
            globals chain
            thread main {
              disable
              chain = new plain 1
              loop 100000 {
                push = new plain 1
                store f0 0 chain
                chain = copy f0
                drop f0
              }
              drop chain
              collect full
            }
            """, collector, allocator));

        Assert.Null(run.Result.Failure);
        Assert.Equal(0, run.LiveCount);
    }

    [Theory]
    [MemberData(nameof(Machines.Long), MemberType = typeof(Machines))]
    public void A_ring_of_100000_objects_is_kept_by_one_collection_and_freed_by_the_next(string collector, string allocator)
    {
        var run = TestRun.Of(TestRun.Options("""
            globals first last
            thread main {
              disable
              first = new plain 1
              last = copy first
              loop 99999 {
                push = new plain 1
                store f0 0 last
                last = copy f0
                drop f0
              }
              store first 0 last
              drop last
              collect full
              push = load first 0
              drop first
              drop f0
              collect full
            }
            """, collector, allocator));

        Assert.Null(run.Result.Failure);
        Assert.Equal(0, run.LiveCount);
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public void Automatic_collections_free_garbage_and_nothing_else(string collector, string allocator)
    {
        var run = TestRun.Of(TestRun.Options("""
            globals kept
            thread main {
              kept = new plain 1 "kept"
              loop 5000 {
                push = new plain 1 "garbage"
                store f0 0 f0
                drop f0
              }
            }
            """, collector, allocator));

        Assert.Null(run.Result.Failure);
        Assert.Contains("kept", run.LiveNames);
        Assert.InRange(run.LiveCount, 1, 2000);
    }
}
