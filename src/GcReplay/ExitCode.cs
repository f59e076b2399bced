namespace GcReplay;

/// <summary>What the process ends with; scripts depend on the numbers.</summary>
public static class ExitCode
{
    /// <summary>Nothing wrong was found.</summary>
    public const int Ok = 0;

    /// <summary>A crash, assertion, hang, hazard, violation, difference or divergence was found.</summary>
    public const int Finding = 1;

    /// <summary>Bad input or arguments.</summary>
    public const int BadInput = 2;

    /// <summary>A defect of GcReplay.</summary>
    public const int Defect = 3;

    /// <summary>Cancelled from outside (128 + SIGINT).</summary>
    public const int Cancelled = 130;
}
