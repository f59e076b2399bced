using System.Collections.Immutable;
using GcReplay.Simulation.Programs;
using static GcReplay.Simulation.Conformance.ProgramBuilder;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>Turns operations into statements. Root slot k is place k of the frame, prebuilt object -k is <c>pk</c>, and a literal null
/// is an empty global.</summary>
/// <remarks>An allocation with references becomes the allocation and stores into it: nothing can happen in between, and no slot
/// shifts.</remarks>
internal sealed class IncminimarkTranslator(string id)
{
    private static readonly Operand Null = new(OperandForm.Root, 0);

    private readonly ProgramBuilder builder = new(id);

    public static string NameOfPrebuilt(int index) => $"p{index + 1}";

    public void Prebuilt(int index, string kind, ImmutableArray<int> slots) => builder.Declare(NameOfPrebuilt(index), kind, slots);

    public (HeapProgram Tree, ImmutableArray<PlannedOperation> Operations) Build()
    {
        builder.Name("null");
        return builder.Build();
    }

    /// <param name="slots">Root slots before the operation.</param>
    public void Operation(in MutatorOperation operation, int slots)
    {
        Statements(operation, slots);
        builder.EndOperation();
    }

    private static Operand Root(long reference) => reference switch
    {
        MutatorOperation.NullReference => Null,
        < 0 => ProgramBuilder.Prebuilt((int)~reference),
        _ => Frame((int)reference),
    };

    private void Statements(in MutatorOperation operation, int slots)
    {
        var a = operation.Arguments;
        switch (operation.Name)
        {
            case "malloc":
                builder.Push(OperationTable.New, Kind(ObjectKinds.Node), Number(2), null, null);
                builder.Add(IncminimarkOperations.Write, Frame(slots), Number(0), Root(a[0]));
                builder.Add(IncminimarkOperations.Write, Frame(slots), Number(1), Root(a[1]));
                break;
            case "malloc_array":
                builder.Push(OperationTable.New, Kind(ObjectKinds.Plain), Number(a.Length), null, null);
                for (var i = 0; i < a.Length; i++)
                {
                    if (a[i] != MutatorOperation.NullReference)
                        builder.Add(IncminimarkOperations.Write, Frame(slots), Number(i), Root(a[i]));
                }

                break;
            case "malloc_string":
                builder.Push(OperationTable.New, Kind(ObjectKinds.Str), Number(a[0]), null, null);
                break;
            case "weakref":
                builder.Push(OperationTable.WeakRef, Root(a[0]), null, null);
                break;
            case "read" or "readarray":
                builder.Push(IncminimarkOperations.Read, Root(a[0]), Number(a[1]));
                break;
            case "write" or "writearray":
                builder.Add(IncminimarkOperations.Write, Root(a[0]), Number(a[1]), Root(a[2]));
                break;
            case "copy_array":
                builder.Add(OperationTable.ArrayCopy, Root(a[0]), Number(a[2]), Root(a[1]), Number(a[3]), Number(a[4]));
                break;
            case "fill_array":
                builder.Add(IncminimarkOperations.Fill, Root(a[0]), Root(a[1]));
                break;
            case "readweak":
                builder.Push(IncminimarkOperations.ReadWeak, Root(a[0]));
                break;
            case "next_dead":
                builder.Push(IncminimarkOperations.NextDead);
                break;
            default:
                Single(operation.Name, a);
                break;
        }
    }

    private void Single(string name, ImmutableArray<long> a)
    {
        switch (name)
        {
            case "drop":
                builder.Add(OperationTable.Drop, Frame((int)a[0]));
                break;
            case "collect":
                builder.Add(OperationTable.Collect, Extent(-1));
                break;
            case "minor":
                builder.Add(OperationTable.Collect, Extent(-2));
                break;
            case "step":
                builder.Add(OperationTable.Collect, Extent(-3));
                break;
            case "collect_gen":
                builder.Add(OperationTable.Collect, Extent(a[0]));
                break;
            case "step_until":
                builder.Add(IncminimarkOperations.Advance, Word((int)a[0]));
                break;
            case "pin":
                builder.Add(IncminimarkOperations.Pin, Frame((int)a[0]));
                break;
            case "unpin":
                builder.Add(IncminimarkOperations.Unpin, Number(a[0]));
                break;
            case "take_id":
                builder.Add(IncminimarkOperations.Id, Root(a[0]));
                break;
            case "finalizer":
                builder.Add(IncminimarkOperations.Finalizer, Root(a[0]));
                break;
            case "set_single_step":
                builder.Add(IncminimarkOperations.SingleStep, Number(a[0]));
                break;
            case "enable":
                builder.Add(a[0] == 0 ? OperationTable.Disable : OperationTable.Enable);
                break;
            case "set_threshold":
                builder.Add(IncminimarkOperations.MajorThreshold, new Operand(OperandForm.Decimal, a[0]));
                break;
            default:
                throw new NotSupportedException(name);
        }
    }
}
