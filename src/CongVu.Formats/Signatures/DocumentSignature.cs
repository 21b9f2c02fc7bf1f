using System.Text.Json.Serialization;

namespace CongVu.Formats.Signatures;

/// <summary>Why a signature in a document says less than "valid".</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SignatureDoubt>))]
public enum SignatureDoubt
{
    /// <summary>What was signed is not what is there now, or the signature is not of the certificate.</summary>
    [JsonStringEnumMemberName("changed")]
    Changed,

    /// <summary>What was signed is unchanged, but the document holds more than that: it was added to afterwards, or a part was left out.</summary>
    [JsonStringEnumMemberName("partial")]
    Partial,

    /// <summary>There is a signature of a form that is not checked here; nothing is known of it.</summary>
    [JsonStringEnumMemberName("unchecked")]
    Unchecked,

    /// <summary>No configured authority stands behind the certificate, or it is not one for signing.</summary>
    [JsonStringEnumMemberName("untrusted")]
    Untrusted,

    /// <summary>The certificate had expired at the time of signing (today, where that is not said).</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,

    /// <summary>The certificate was not valid yet at that time.</summary>
    [JsonStringEnumMemberName("notYet")]
    NotYet,

    /// <summary>It stands on SHA-1 or MD5.</summary>
    [JsonStringEnumMemberName("weak")]
    Weak,
}

/// <summary>A signature in a document (A12.7); without doubts it is valid. Revocation is not looked up, and the time is the signer's own word.</summary>
/// <param name="Signer">The common name in the certificate; null where no certificate could be read.</param>
/// <param name="Organization">The organization in the certificate.</param>
/// <param name="Issuer">Who issued the certificate.</param>
/// <param name="SignedAt">When it was signed, as the signer says.</param>
/// <param name="Doubts">What is to be said against it.</param>
public sealed record DocumentSignature(string? Signer, string? Organization, string? Issuer, DateTimeOffset? SignedAt, IReadOnlyList<SignatureDoubt> Doubts)
{
    internal static DocumentSignature Unreadable { get; } = new(null, null, null, null, [SignatureDoubt.Unchecked]);
}
