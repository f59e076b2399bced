using System.Globalization;

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
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
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
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
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
    [InlineData("cpython39@7247407")]
    [InlineData("marksweep")]
    public void A_collection_of_100000_objects_in_one_list_ends(string collector)
    {
        var run = TestRun.Of(TestRun.Options("""
            globals array spare
            thread main {
              disable
              array = new plain 100000
              spare = new plain 1
              store spare 0 spare
            
            """ + Filling(100) + """
              collect full
              drop spare
              collect full
            }
            """, collector));

        Assert.Null(run.Result.Failure);
        Assert.Equal(1 + 100_000, run.LiveCount);
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

    // 100 × 1000 objects, each 1000 stored at an index that the text spells out: loops have no index of their own.
    private static string Filling(int blocks) => string.Concat(Enumerable.Range(0, blocks).Select(block =>
        string.Concat(Enumerable.Range(block * 1000, 1000).Select(index =>
            "push = new plain 1\nstore f0 0 array\nstore array " + index.ToString(CultureInfo.InvariantCulture) + " f0\ndrop f0\n"))));
}
