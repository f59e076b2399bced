using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Collectors.CPython39;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Contracts;

namespace GcReplay.Tests.Simulation.Interpreters;

/// <summary><c>#17.1</c> is the same object whatever else runs.</summary>
public sealed class BirthNumberTests
{
    private const string Program = """
        globals first second ring
        thread main {
          interpreter sub
          first = new fin 1 "first" busy
          second = new fin 1 "second" heir
          ring = new fin 1 "ring" heir
          store ring 0 ring
          drop first
          drop second
          drop ring
          enter sub
          first = new plain 1 "of sub"
          enter main
          collect full
          ring = new leaf 0 "last"
          end sub
        }
        script heir { push = new fin 1 "heir" grandchild }
        script grandchild { second = new leaf 0 "grandchild" }
        script busy {
          BODY
        }
        """;

    public static TheoryData<string, string> Everywhere
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var revision in new CPython39Family().Revisions)
                data.Add(revision, "glibc");
            foreach (var allocator in GcReplay.Simulation.Allocators.Allocators.Names)
                data.Add("gh-92036", allocator);
            return data;
        }
    }

    [Fact]
    public void Objects_born_in_scripts_are_numbered_in_the_family_of_the_scripts_self() =>
        Assert.Equal(
            ["#1 first", "#2 second", "#3 ring", "#2.1 heir", "#4 of sub", "#3.1 heir", "#5 last"],
            Births("gh-92036", "glibc", "drop first").Where(birth => !birth.Contains("grandchild", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Everywhere))]
    public void Numbers_are_the_same_under_every_allocator_and_revision(string revision, string allocator) =>
        Assert.Equal(Births("shared-state", "glibc", "drop first"), Births(revision, allocator, "drop first"));

    [Fact]
    public void Numbers_are_the_same_when_another_objects_script_does_more()
    {
        var little = Births("gh-92036", "glibc", "drop first");
        var much = Births("gh-92036", "glibc", "loop 3 { push = new leaf 0 \"busy\" }");

        Assert.Equal(["#1.1 busy", "#1.2 busy", "#1.3 busy"], much.Except(little));
        Assert.Empty(little.Except(much));
    }

    private static List<string> Births(string revision, string allocator, string body)
    {
        var births = new BirthList();
        var result = new PreparedRun(TestRun.Options(Program.Replace("BODY", body, StringComparison.Ordinal), "cpython39@" + revision, allocator), "test")
            .Execute(null, births);
        Assert.Null(result.Failure);
        return births.Births;
    }

    private sealed class BirthList : IRunObserver
    {
        private Layout layout = null!;

        public List<string> Births { get; } = [];

        public void Start(AddressSpace space, Shadow shadow, Layout runLayout) => layout = runLayout;

        public bool AfterEvent(long number, in Event e)
        {
            if (e.Kind == EventKind.Allocate && e.C != 0 && (e.C & Shadow.RuntimeFlag) == 0)
                Births.Add($"#{ObjectNumber.Text(e.C)} {layout.Names[(int)(e.D >> 16 & 0xFF_FFFF)]}");
            return true;
        }
    }
}
