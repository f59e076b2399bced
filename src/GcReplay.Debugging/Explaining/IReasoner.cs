namespace GcReplay.Debugging.Explaining;

/// <summary>Knows how one kind of promise comes to be broken.</summary>
internal interface IReasoner
{
    /// <summary>Whether the first violation of a trace is of its kind; of a trace without one, whether its failure is.</summary>
    bool Takes(Inquiry inquiry);

    /// <summary>Adds links from the first corrupt event to its cause, and sets the two sentences.</summary>
    void Explain(Inquiry inquiry);
}
