using System.Text;
using GcReplay.Simulation.Collectors;

namespace GcReplay.Output;

/// <summary>A command as a shell completes it.</summary>
internal sealed record CompletedVerb(string Name, string Description, IReadOnlyList<CompletedOption> Options);

/// <param name="Values">What can stand behind it, where that is a short list; empty otherwise.</param>
/// <param name="TakesFile">Whether it can be a file (a plug-in) as well.</param>
internal sealed record CompletedOption(string Name, string Description, IReadOnlyList<string> Values, bool TakesFile);

/// <summary>Scripts for shells, written from the table of commands.</summary>
internal static class CompletionScripts
{
    /// <summary>Every collector at every revision.</summary>
    public static IReadOnlyList<string> Collectors => [.. Families.All.SelectMany(f => f.Revisions.Select(r => $"{f.Name}@{r}").Prepend(f.Name))];

    private const string FilesInBash = " $(compgen -d -S / -- \"$current\") $(compgen -f -X '!*.dll' -- \"$current\")";

    public static IReadOnlyList<string> Allocators => [.. Simulation.Allocators.Allocators.Names];

    /// <summary>For bash; zsh reads the same with its own emulation.</summary>
    public static string Bash(IReadOnlyList<CompletedVerb> verbs, bool isZsh)
    {
        var script = new StringBuilder();
        if (isZsh)
            script.Append("autoload -Uz compinit bashcompinit && compinit && bashcompinit\n");
        script.Append("_gcreplay() {\n");
        script.Append("  local current=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\" words=\"\"\n");
        script.Append("  if [ \"$COMP_CWORD\" -eq 1 ]; then\n");
        script.Append($"    COMPREPLY=($(compgen -W \"{string.Join(' ', verbs.Select(v => v.Name))} --help --version\" -- \"$current\")); return\n  fi\n");
        script.Append("  case \"$before\" in\n");
        foreach (var option in verbs.SelectMany(v => v.Options).Where(o => o.Values.Count > 0).DistinctBy(o => o.Name))
            script.Append($"    {option.Name}) COMPREPLY=($(compgen -W \"{string.Join(' ', option.Values)}\" -- \"$current\"){(option.TakesFile ? FilesInBash : "")}); return ;;\n");
        script.Append("  esac\n  case \"${COMP_WORDS[1]}\" in\n");
        foreach (var verb in verbs)
            script.Append($"    {verb.Name}) words=\"{string.Join(' ', verb.Options.Select(o => o.Name))} --help\" ;;\n");
        script.Append("  esac\n");
        script.Append("  case \"$current\" in\n    -*) COMPREPLY=($(compgen -W \"$words\" -- \"$current\")) ;;\n    *) COMPREPLY=($(compgen -f -- \"$current\")) ;;\n  esac\n}\n");
        script.Append("complete -o filenames -F _gcreplay gcreplay\n");
        return script.ToString();
    }

    public static string Fish(IReadOnlyList<CompletedVerb> verbs)
    {
        var script = new StringBuilder("complete -c gcreplay -n __fish_use_subcommand -f\n");
        foreach (var verb in verbs)
        {
            script.Append($"complete -c gcreplay -n __fish_use_subcommand -a {verb.Name} -d {Quoted(verb.Description)}\n");
            foreach (var option in verb.Options.Where(o => o.Name.StartsWith("--", StringComparison.Ordinal)))
            {
                var values = option.Values.Count > 0 ? $"{(option.TakesFile ? " -r" : " -x")} -a {Quoted(string.Join(' ', option.Values))}" : "";
                script.Append($"complete -c gcreplay -n '__fish_seen_subcommand_from {verb.Name}' -l {option.Name[2..]}{values} -d {Quoted(option.Description)}\n");
            }
        }

        return script.ToString();
    }

    private static string Quoted(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
