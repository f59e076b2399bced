using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace GcReplay.Tests.Stories;

/// <summary>The gallery's traces are the same bytes whatever the process is like that records them: each test runs
/// <see cref="GalleryTests"/> in a process of another kind.</summary>
public sealed class EnvironmentTests
{
    private const string CultureVariable = "GCREPLAY_TEST_CULTURE";

    [Fact]
    public void Without_profile_guided_optimization() => RecordAgain(("DOTNET_TieredPGO", "0"));

    [Fact]
    public void Without_hardware_intrinsics() => RecordAgain(("DOTNET_EnableHWIntrinsic", "0"));

    /// <summary>Turkish (dotless i, comma in numbers) in a time zone that is no whole hour off.</summary>
    [Fact]
    public void In_another_culture_and_time_zone() =>
        RecordAgain(("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8"), ("TZ", "Asia/Kathmandu"), (CultureVariable, "tr-TR"));

    /// <summary>In the processes of the tests above it is what they asked for: they prove what they say.</summary>
    [Fact]
    public void The_culture_is_the_expected_one() =>
        Assert.Equal(Environment.GetEnvironmentVariable(CultureVariable) ?? "", CultureInfo.CurrentCulture.Name);

    private static void RecordAgain(params (string Name, string Value)[] environment)
    {
        var assembly = typeof(EnvironmentTests).Assembly.Location;
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            // The suite is built for the invariant culture alone; here the process is to have others.
            var config = Path.Combine(folder.FullName, "test.runtimeconfig.json");
            File.WriteAllText(config, File.ReadAllText(Path.ChangeExtension(assembly, "runtimeconfig.json"))
                .Replace("\"System.Globalization.Invariant\": true", "\"System.Globalization.Invariant\": false", StringComparison.Ordinal)
                .Replace("\"System.Globalization.PredefinedCulturesOnly\": true", "\"System.Globalization.PredefinedCulturesOnly\": false", StringComparison.Ordinal));
            var start = new ProcessStartInfo(
                Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"),
                [
                    "exec", "--runtimeconfig", config, assembly, "-noColor",
                    "-method", $"{typeof(GalleryTests).FullName}.{nameof(GalleryTests.It_is_recorded_again_to_the_same_bytes)}",
                    "-method", $"{typeof(EnvironmentTests).FullName}.{nameof(The_culture_is_the_expected_one)}",
                ])
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment.Remove("GCREPLAY_UPDATE");
            // Without a language the culture is the invariant one.
            start.Environment["LANG"] = "C";
            start.Environment.Remove("LC_ALL");
            foreach (var (name, value) in environment)
                start.Environment[name] = value;
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            var said = output + error.Result;
            Assert.SkipWhen(said.Contains("libicu", StringComparison.Ordinal), "this machine has no data of cultures (libicu)");
            Assert.True(process.ExitCode == 0, said);
            Assert.DoesNotContain("Total: 0,", said, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
