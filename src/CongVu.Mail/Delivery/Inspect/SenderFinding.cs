using System.Net;
using CongVu.Formats.SenderAuthentication;

namespace CongVu.Mail.Delivery.Inspect;

/// <summary>The server that a message comes from.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Helo">What it said in EHLO.</param>
public sealed record MailPeer(IPAddress Address, string Helo);

/// <summary>What was found about who sent a message. It decides nothing.</summary>
/// <param name="Spf">Of the reverse path.</param>
/// <param name="Dkim">Of each signature.</param>
/// <param name="Dmarc">Of the domain in From.</param>
/// <param name="Arc">Of the chain.</param>
/// <param name="Results">The field Authentication-Results, with its line end.</param>
public sealed record SenderFinding(SpfOutcome Spf, IReadOnlyList<DkimOutcome> Dkim, DmarcOutcome Dmarc, ArcOutcome Arc, string Results);
