using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Heaps.Layouts;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Collectors.PlugIns;

/// <summary>Whether what a plug-in's family says of itself fits together: names that it uses are declared, sizes hold what lies in them.</summary>
internal sealed class FamilyCheck
{
    private readonly CollectorFamily family;
    private readonly string file;
    private readonly ImmutableArray<StructLayout> structs;

    private FamilyCheck(CollectorFamily family, string revision, string file)
    {
        this.family = family;
        this.file = file;
        structs = family.Structs(revision, RuntimeWords.StaticData);
    }

    /// <exception cref="GcReplayException">Something does not fit: the first thing.</exception>
    public static void Check(CollectorFamily family, string file)
    {
        if (family.Name.Length == 0 || family.Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            throw new GcReplayException($"{file}: '{family.Name}' is no name of a collector. Expected letters, digits, '-', '_' and '.'.");
        if (family.Revisions.IsDefaultOrEmpty)
            throw new GcReplayException($"{file}: {family.Name} has no revision. Expected at least one, the newest last.");
        foreach (var revision in family.Revisions)
            new FamilyCheck(family, revision, file).Check(revision);
    }

    private void Check(string revision)
    {
        Require(family.Kinds.All(ObjectKinds.All.Contains), $"kinds are among {string.Join(", ", ObjectKinds.All)}; it says {string.Join(", ", family.Kinds)}");
        Require(!family.Phases.IsDefaultOrEmpty, "there is at least one phase: 0 is outside a collection");
        RequireDistinct("parameters", family.Parameters.Select(parameter => parameter.Key));
        foreach (var parameter in family.Parameters)
            Require(parameter.Allows(parameter.Default), $"the default of {parameter.Key} is {parameter.Expected}; it is '{parameter.Default}'");
        RequireDistinct("sites", family.Sites.Select(site => site.Name));
        RequireDistinct("faults", family.Faults.Select(fault => fault.Name));
        foreach (var fault in family.Faults)
            Require(PlantedFault.IsName(fault.Name), $"the name of a fault is of lower-case letters, digits and '-'; it is '{fault.Name}'");
        string[] operations = [.. family.Operations.Concat(OperationTable.All).Select(row => row.Name)];
        RequireDistinct("operations", operations);
        foreach (var row in family.Operations)
            Require(row.Undoes.Length == 0 || operations.Contains(row.Undoes), $"{row.Name} undoes an operation; there is no '{row.Undoes}'");
        RequireDistinct("structs", structs.Select(one => one.Name));
        RequireStruct("StaticsStruct", family.StaticsStruct(revision));
        RequireStruct("RecordStruct", family.RecordStruct);
        Require(family.StaticBytes(revision) % 8 == 0, $"StaticBytes is a multiple of 8; it is {family.StaticBytes(revision)}");
        Require(structs.Any(one => one.Role == StructRole.Interpreter), "there is a struct of interpreters: PlainInterpreter, when nothing is kept in it");
        foreach (var one in structs)
            Check(one, (int)family.StaticBytes(revision));
        foreach (var kind in family.Kinds)
            Require(structs.Any(one => one.Name == family.TypeOf(kind, kind).Struct && one.Role == StructRole.Object), $"the struct of kind {kind}, '{family.TypeOf(kind, kind).Struct}', is one of objects");
        foreach (var rule in family.Colours)
            Check($"the rule for {rule.Colour}", rule.When);
    }

    private void Check(StructLayout one, int staticBytes)
    {
        RequireDistinct($"fields of {one.Name}", one.Fields.Select(field => field.Name));
        foreach (var field in one.Fields)
        {
            Require(field.Offset % 8 == 0 && field.Shift >= 0 && field.Width > 0 && field.Shift + field.Width <= 64, $"{one.Name}.{field.Name} is a part of a word");
            Require(one.Size == 0 || field.Offset >= 0 && field.Offset + 8 <= one.Size, $"{one.Name}.{field.Name}, at {field.Offset}, lies in its {one.Size} bytes");
            foreach (var meaning in field.Meanings)
            {
                Check($"{one.Name}.{field.Name}", meaning.When);
                Require(meaning.Role != FieldRole.Pointer || structs.Any(target => target.Name == meaning.Target) || meaning.Target is "PyInterpreterState" or "PyThreadState", $"{one.Name}.{field.Name} points at a struct; there is no '{meaning.Target}'");
            }
        }

        foreach (var container in one.Containers)
        {
            var fields = container switch
            {
                Vector vector => [vector.CountField],
                ChunkedStack stack => [stack.CountField],
                ChunkedDeque deque => [deque.FirstField, deque.EndField],
                Ring ring => [ring.StartField, ring.CountField, ring.CapacityField],
                Map map => [map.CapacityField],
                Bitmap bitmap => [bitmap.BaseField, bitmap.BytesField],
                ObjectBits bits => [bits.SizeField, bits.CountField],
                CardBits cards => [cards.LengthField],
                _ => (string[])[],
            };
            Require(container.Offset % 8 == 0, $"{one.Name}.{container.Name} lies at a word");
            foreach (var name in fields.Where(name => name.Length > 0))
                Require(one.Field(name) is not null, $"{one.Name}.{container.Name} counts by a field of {one.Name}; there is no '{name}'");
        }

        Require(one.Name != family.StaticsStruct(family.Revisions[^1]) || one.Size <= staticBytes, $"the {one.Size} bytes of {one.Name} are within StaticBytes, {staticBytes}");
    }

    private void Check(string where, Condition when)
    {
        foreach (var flag in Names(when.FlagsSet).Concat(Names(when.FlagsClear)).Concat(when.EpochField.Length > 0 ? [when.EpochField] : []))
            Require(structs.Any(one => one.Field(flag) is not null), $"{where} asks a field; there is no '{flag}'");
        if (when.Epoch.Length > 0)
            Require(structs.Any(one => one.Field(when.Epoch) is not null), $"{where} asks an epoch; there is no field '{when.Epoch}'");
        foreach (var phase in Names(when.Phases))
            Require(family.Phases.Contains(phase), $"{where} asks a phase; there is no '{phase}'");
        foreach (var region in Names(when.Regions))
            Require(family.Regions.Any(one => one.Name == region), $"{where} asks a region; there is no '{region}'");
        foreach (var list in Names(when.Lists))
        {
            var last = list[(list.LastIndexOf('.') + 1)..];
            Require(structs.Any(one => one.Containers.Any(c => c.Name == last) || one.Field(last) is not null), $"{where} asks a list; there is no '{list}'");
        }
    }

    private static ImmutableArray<string> Names(ImmutableArray<string> names) => names.IsDefault ? [] : names;

    private void RequireStruct(string what, string name) =>
        Require(name.Length == 0 || structs.Any(one => one.Name == name), $"{what} is one of Structs; there is no '{name}'");

    private void RequireDistinct(string what, IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
            Require(seen.Add(name), $"{what} have names of their own; '{name}' is there twice");
    }

    private void Require(bool holds, string what)
    {
        if (!holds)
            throw new GcReplayException($"{file}: the family of {family.Name} does not fit together. Expected that {what}.");
    }
}
