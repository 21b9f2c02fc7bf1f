using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace CongVu.Mail.Outbound;

/// <summary>What TLS a host is to have before mail goes to it.</summary>
internal abstract record TlsDemand
{
    private TlsDemand()
    {
    }

    /// <summary>There must be TLS.</summary>
    public virtual bool IsMandatory => true;

    /// <summary>Is this the certificate of whom we meant?</summary>
    /// <param name="host">The host's name.</param>
    /// <param name="certificate">What it showed.</param>
    /// <param name="chain">With what it showed beside, and what the system made of it.</param>
    /// <param name="errors">What the system thinks of it.</param>
    public abstract bool Accepts(string host, X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors);

    /// <summary>Where it is offered, whoever it is: better than none (RFC 7435).</summary>
    internal sealed record Opportunistic : TlsDemand
    {
        public override bool IsMandatory => false;

        public override bool Accepts(string host, X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors) => true;
    }

    /// <summary>It must be encrypted; nothing says by whom (RFC 7672 §2.2: no usable TLSA record).</summary>
    internal sealed record Encrypted : TlsDemand
    {
        public override bool Accepts(string host, X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors) => true;
    }

    /// <summary>A certificate for the host's name from an authority that is trusted here.</summary>
    internal sealed record Verified : TlsDemand
    {
        public override bool Accepts(string host, X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors) => errors == SslPolicyErrors.None;
    }

    /// <summary>What the host's TLSA records name (RFC 7672).</summary>
    /// <param name="Records">The usable ones.</param>
    internal sealed record Dane(IReadOnlyList<TlsaAssociation> Records) : TlsDemand
    {
        public override bool Accepts(string host, X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors) => Records.Any(r => r.Matches(host, certificate, chain));
    }
}
