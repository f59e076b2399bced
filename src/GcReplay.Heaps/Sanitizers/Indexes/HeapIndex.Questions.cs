namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <content>What may be wrong: the questions of sanitizers.</content>
public sealed partial class HeapIndex
{
    /// <summary>Whether an owned reference may name freed or unmapped memory.</summary>
    public bool MayDangle() => IsConfused || owned.Dangling.MayDangle(skeleton);

    /// <summary>Whether a reference count may be below the number of owned references.</summary>
    public bool MayCountTooFew() => IsConfused || counts.MayBeTooFew();

    /// <summary>Whether a link may name freed or unmapped memory in a range.</summary>
    public bool MayLinkDangle(Memory.Address start, Memory.Address end) =>
        view.Families.Length > 0 && (IsConfused || links is null || links.MayDangle(start, end));

    /// <summary>Whether a living list may be broken, hold a freed member, or share one.</summary>
    public bool MayListBeBroken() =>
        view.Families.Length > 0 && (IsConfused || links is null || !skeleton.PrevIsValid || links.MayBeBroken());

    /// <summary>Whether something that goes on living may refer to what a collection takes for garbage now that a phase begins.</summary>
    /// <param name="record">The struct of the collection; null for all.</param>
    /// <remarks>Cost: the garbage and its references.</remarks>
    public bool MayGarbageBeInUse(ulong phase, Memory.Address record) =>
        IsConfused || links is null || view.GarbageAt(phase, record).Any(list => !links.TryMembers(list, out var members) || owned.AreNamedByOthers(members));

    /// <summary>Whether a black object may refer to a white one in a marking phase.</summary>
    public bool MayBlackReferToWhite() => IsConfused || colours is not null && colours.MayFail(skeleton);

    /// <summary>Whether a list whose members must live may name memory without a living object.</summary>
    public bool MayMemberBeDead() => promises is not null && (IsConfused || promises.Places.MayMemberBeDead());

    /// <summary>Whether an old object may refer to a young one without a record.</summary>
    public bool MayForgetYoung() => promises is not null && (IsConfused || MayBe(young => young.MayBeForgotten));

    /// <summary>Whether cards may say less than is in their items.</summary>
    public bool MayCardsBeWrong() => promises is not null && (IsConfused || MayBe(young => young.MayMissCard) | promises.Cards.MayBeWrong());

    /// <summary>Whether an object may carry the mark.</summary>
    public bool MayBeMarked() => promises is not null && (IsConfused || promises.Headers.MayBeMarked);

    /// <summary>Whether something may name a place that an object left, or look like one.</summary>
    public bool MayForwardingBeLeft() => promises is not null && (IsConfused || promises.Places.MayForwardingBeLeft() || owned.Dangling.MayName(IsLeft));

    /// <summary>Whether the map of shadows may be wrong.</summary>
    public bool MayShadowsBeWrong() => promises is not null && (IsConfused || promises.Places.MayShadowsBeWrong());

    private bool IsLeft(Memory.Address place) => ForwardingLeft.MovedFrom(view, place) is not null;

    /// <summary>What is suspected of references to young objects, when in a sweeping phase garbage is set aside.</summary>
    private bool MayBe(Func<YoungIndex, bool> suspected)
    {
        var young = promises!.Young;
        if (!suspected(young) || !skeleton.IsSweeping)
            return suspected(young);
        owned.Dangling.KnowGarbage();
        young.Look();
        return suspected(young);
    }
}
