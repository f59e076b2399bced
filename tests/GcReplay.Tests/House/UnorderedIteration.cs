using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace GcReplay.Tests.House;

/// <summary>Looks through the code of an assembly for iterations over collections whose order is not defined. The analyzer of
/// banned symbols does not see the calls that <c>foreach</c> makes; the compiled code holds them.</summary>
/// <remarks>A comment <c>// order: …</c> on the line of the iteration, or on the line before, allows it. Not found: a dictionary
/// or set that is handed to a method as an <c>IEnumerable</c>.</remarks>
internal static class UnorderedIteration
{
    private static readonly string[] Types =
        ["Dictionary`2", "HashSet`1", "ConcurrentDictionary`2", "ImmutableDictionary`2", "ImmutableHashSet`1", "FrozenDictionary`2", "FrozenSet`1"];

    private static readonly string[] Members = ["GetEnumerator", "get_Keys", "get_Values", "CopyTo"];

    private static readonly Dictionary<int, OpCode> OpCodeByValue = typeof(OpCodes).GetFields()
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => c.Value & 0xFFFF);

    /// <summary>Each iteration without a comment, as <c>file(line): member</c>.</summary>
    public static IReadOnlyList<string> In(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        using var symbols = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(assembly, ".pdb")));
        var metadata = file.GetMetadataReader();
        var found = new List<string>();
        foreach (var handle in metadata.MethodDefinitions)
        {
            var method = metadata.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress == 0)
                continue;
            var lines = symbols.GetMetadataReader().GetMethodDebugInformation(handle.ToDebugInformationHandle()).GetSequencePoints()
                .Where(p => !p.IsHidden).ToImmutableArray();
            var body = file.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!;
            foreach (var (offset, member) in Calls(metadata, body))
            {
                var point = lines.Last(p => p.Offset <= offset);
                var source = symbols.GetMetadataReader();
                var path = source.GetString(source.GetDocument(point.Document).Name);
                if (!SaysWhy(path, point.StartLine))
                    found.Add($"{Path.GetRelativePath(Repository.Root, path)}({point.StartLine}): {member}");
            }
        }

        return found;
    }

    private static bool SaysWhy(string path, int line) =>
        File.ReadLines(path).Skip(Math.Max(line - 2, 0)).Take(2).Any(text => text.Contains("// order: "));

    private static IEnumerable<(int Offset, string Member)> Calls(MetadataReader metadata, byte[] body)
    {
        for (var at = 0; at < body.Length;)
        {
            var start = at;
            var value = body[at] == 0xFE ? 0xFE00 | body[at + 1] : body[at];
            var code = OpCodeByValue[value];
            at += code.Size;
            if (code.OperandType == OperandType.InlineMethod && Unordered(metadata, BitConverter.ToInt32(body, at)) is { } member)
                yield return (start, member);
            at += OperandBytes(code.OperandType, body, at);
        }
    }

    private static int OperandBytes(OperandType type, byte[] body, int at) => type switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(body, at),
        _ => 4,
    };

    private static string? Unordered(MetadataReader metadata, int token)
    {
        var handle = MetadataTokens.EntityHandle(token);
        if (handle.Kind != HandleKind.MemberReference)
            return null;
        var member = metadata.GetMemberReference((MemberReferenceHandle)handle);
        var name = metadata.GetString(member.Name);
        if (!Members.Contains(name) || member.Parent.Kind != HandleKind.TypeSpecification)
            return null;
        var signature = metadata.GetBlobReader(metadata.GetTypeSpecification((TypeSpecificationHandle)member.Parent).Signature);
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
            return null;
        signature.ReadSignatureTypeCode();
        var type = signature.ReadTypeHandle();
        if (type.Kind != HandleKind.TypeReference)
            return null;
        var typeName = metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)type).Name);
        return Types.Contains(typeName) ? $"{typeName}.{name}" : null;
    }
}
