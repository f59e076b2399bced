using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Expressions;

/// <summary>What <c>help expressions</c> says. The grammar stands in this folder's README.</summary>
internal static class ExpressionHelp
{
    public static IEnumerable<string> Lines(Debugger debugger)
    {
        yield return "An expression asks about the present event and the state just after it: print EXPR, break … if EXPR, until EXPR, watch value EXPR.";
        yield return "";
        yield return "  12  0x7f00  #12  nothing  true  \"text\"     numbers (modulo 2^64), objects, no object, texts";
        yield return "  #12.ob_refcnt  #12.slot[0]  #12.slot0.slot1   fields and slots";
        yield return "  #12[2]  [#12.slot0 + 8]                  an item of its only vector; the word at an address";
        yield return "  main.generation0  .next  .prev  g3       lists and fields of the runtime's structs, links of a list; a global";
        yield return "  event.object  event.slot …               operands of the event: " + string.Join(", ", OperandNode.Names.Take(8)) + " …";
        yield return "  kind  position  thread                   of the event, as in kind == Store";
        yield return "  actor  phase                             the interpreter that runs it, the phase it is in";
        yield return "  operation  .line  .text  .block          label, line, text and block of its statement";
        foreach (var function in ObjectFunction.All(debugger))
            yield return $"  {function.Name + "(#12)",-24}                 {function.Summary}";
        yield return $"  {"on(#12, LIST)",-24}                 whether it is on a list, or in another container";
        yield return "  colour()  on(LIST)                       with no object: the event's";
        yield return "  || && == != < <= > >= | ^ & + - * / % !  from the loosest to the tightest; parentheses";
        yield return "";
        yield return "A question without an answer (an object not born, an operand the event does not have) makes a condition not hold.";
        yield return $"For example: break Store if event.object == #12 && colour() == black; kinds of event are {string.Join(", ", EventShapes.All.Select(s => s.Kind))}.";
    }
}
