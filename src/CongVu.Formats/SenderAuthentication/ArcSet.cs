using System.Buffers;
using System.Globalization;

namespace CongVu.Formats.SenderAuthentication;

/// <summary>The state of a chain (RFC 8617 §4.4).</summary>
public enum ArcResult
{
    /// <summary>There is no chain.</summary>
    None,

    /// <summary>Every seal is right, and the last hop's message.</summary>
    Pass,

    /// <summary>It is broken.</summary>
    Fail,

    /// <summary>DNS could not be asked.</summary>
    TempError,
}

/// <summary>What came of a chain.</summary>
/// <param name="Result">Its state.</param>
/// <param name="Instances">How many sets it has.</param>
/// <param name="Sealers">Who sealed, first hop first.</param>
/// <param name="Reason">Why it is broken; empty for a pass.</param>
/// <param name="OldestPass">The first hop whose message signature still holds; 0 when all of them do (§5.2).</param>
public sealed record ArcOutcome(ArcResult Result, int Instances, IReadOnlyList<string> Sealers, string Reason, int OldestPass = 0);

/// <summary>The three fields that one hop adds.</summary>
internal sealed record ArcSet(int Instance, MessageField Results, MessageField Message, MessageField Seal)
{
    /// <summary>RFC 8617 §4.2.1.</summary>
    internal const int MaxInstances = 50;

    /// <summary>The sets of a message in order; null and a reason where they are no chain.</summary>
    internal static IReadOnlyList<ArcSet>? Read(MessageFields fields, out string problem)
    {
        problem = "";
        var results = ByInstance(fields, "arc-authentication-results");
        var messages = ByInstance(fields, "arc-message-signature");
        var seals = ByInstance(fields, "arc-seal");
        if (results is null || messages is null || seals is null)
        {
            problem = "a field of the chain is not well formed or there twice";
            return null;
        }
        var sets = new List<ArcSet>();
        for (var i = 1; i <= seals.Count; i++)
        {
            if (!results.TryGetValue(i, out var result) || !messages.TryGetValue(i, out var message) || !seals.TryGetValue(i, out var seal))
                break;
            sets.Add(new(i, result, message, seal));
        }
        if (sets.Count == seals.Count && sets.Count == results.Count && sets.Count == messages.Count)
            return sets;
        problem = "the chain has a gap";
        return null;
    }

    /// <summary>What a seal covers (§5.1.1): all sets up to its own, first hop first, its own b= empty.</summary>
    internal static byte[] SealedData(IReadOnlyList<ArcSet> sets)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        foreach (var set in sets)
        {
            HeaderCanonicalization.Write(output, set.Results.Raw.Span, Canonicalization.Relaxed);
            HeaderCanonicalization.Write(output, set.Message.Raw.Span, Canonicalization.Relaxed);
            if (set == sets[^1])
                HeaderCanonicalization.WriteSignature(output, set.Seal.Raw.Span, Canonicalization.Relaxed);
            else
                HeaderCanonicalization.Write(output, set.Seal.Raw.Span, Canonicalization.Relaxed);
        }
        return output.WrittenSpan.ToArray();
    }

    private static Dictionary<int, MessageField>? ByInstance(MessageFields fields, string name)
    {
        var found = new Dictionary<int, MessageField>();
        foreach (var field in fields.Named(name))
        {
            if (InstanceOf(field) is not { } instance || !found.TryAdd(instance, field))
                return null;
        }
        return found;
    }

    // i= comes first in the results, anywhere in the others.
    private static int? InstanceOf(MessageField field)
    {
        foreach (var part in field.Value.Split(';', 100))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || part[..equals].Trim() != "i")
                continue;
            return int.TryParse(part[(equals + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MaxInstances ? number : null;
        }
        return null;
    }
}
