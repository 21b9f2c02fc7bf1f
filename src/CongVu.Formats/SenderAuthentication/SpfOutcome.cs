using System.Net;

namespace CongVu.Formats.SenderAuthentication;

/// <summary>The results of RFC 7208 §2.6.</summary>
public enum SpfResult
{
    /// <summary>The domain says nothing.</summary>
    None,

    /// <summary>The domain does not say whether it may.</summary>
    Neutral,

    /// <summary>It may.</summary>
    Pass,

    /// <summary>It may not.</summary>
    Fail,

    /// <summary>It probably may not.</summary>
    SoftFail,

    /// <summary>DNS could not be asked.</summary>
    TempError,

    /// <summary>The record cannot be read.</summary>
    PermError,
}

/// <summary>Who is asked about.</summary>
/// <param name="Client">The address that the message comes from.</param>
/// <param name="Helo">What it said in EHLO.</param>
/// <param name="Sender">The reverse path; empty for the null path, where postmaster of the helo name stands for it (§2.4).</param>
/// <param name="Receiver">This server's name, for explanations.</param>
public sealed record SpfQuery(IPAddress Client, string Helo, string Sender, string Receiver = "unknown");

/// <summary>What came of it.</summary>
/// <param name="Result">The result.</param>
/// <param name="Domain">The domain that was asked; empty where there is none.</param>
/// <param name="Explanation">What the domain says to those it refuses (§6.2); null without.</param>
public readonly record struct SpfOutcome(SpfResult Result, string Domain, string? Explanation = null);
