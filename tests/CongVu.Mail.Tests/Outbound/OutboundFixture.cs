using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CongVu.Mail.Dns;
using CongVu.Mail.Outbound;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Dns;
using CongVu.Mail.Tests.Store;
using Microsoft.Extensions.Logging.Abstractions;
using MimeKit;

namespace CongVu.Mail.Tests.Outbound;

/// <summary>A queue whose worker asks a name server of the test and talks to servers of the test.</summary>
public abstract class OutboundFixture() : StoreFixture(Backend.Sqlite), IAsyncLifetime
{
    protected const string Message = "From: An <an@example.vn>\nTo: x@other.vn\nSubject: Một\nMessage-ID: <m@example.vn>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nXin chào\n.\n..\ncuối\n";

    protected LocalDns Dns { get; } = new();

    internal TlsResults Results { get; private set; } = null!;

    public new async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Results = new(Store.Database, Clock);
    }

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Dns.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal OutboundWorker Worker(OutboundOptions options, MtaSts? sts = null, TimeProvider? clock = null) =>
        new(Store, options, new DnsResolver([Dns.Address], Clock).ClientOf(options.HasValidatingDns), sts, Results, clock ?? Clock, NullLogger<OutboundWorker>.Instance);

    internal static OutboundOptions By(int port) => new() { HostName = "mx.example.vn", Port = port };

    internal Task<long> QueueAsync(string to, string message = Message, DsnNotify notify = DsnNotify.None, string? original = null, DsnReturn give = DsnReturn.Unspecified, AccountId? submitter = null) =>
        QueueAsync([to], message, notify, original, give, submitter);

    internal async Task<long> QueueAsync(string[] to, string message = Message, DsnNotify notify = DsnNotify.None, string? original = null, DsnReturn give = DsnReturn.Unspecified, AccountId? submitter = null)
    {
        await using var content = await StageAsync(message);
        var receipt = await Store.Deliveries.DeliverAsync(
            new()
            {
                Sender = "an@example.vn",
                EnvelopeId = "env+2B1",
                Return = give,
                Body = BodyType.EightBitMime,
                Submitter = submitter,
                Remote = [.. to.Select(a => new RemoteRecipient(a, a[(a.IndexOf('@', StringComparison.Ordinal) + 1)..], original, notify))],
            },
            content,
            Cancellation);
        return receipt.QueueId!.Value;
    }

    internal async Task<QueuedRecipient> WaitingAsync(long id) => Assert.Single((await Store.Queue.FindAsync(id, Cancellation))!.Recipients);

    internal async Task<IReadOnlyList<MimeMessage>> InboxAsync(PrincipalId who)
    {
        var messages = new List<MimeMessage>();
        foreach (var entry in await EntriesAsync((await MailboxAsync(who, "INBOX")).Id, EntryColumns.Message))
        {
            await using var reader = await Store.Messages.OpenContentAsync(entry, Cancellation);
            messages.Add(await MimeMessage.LoadAsync(reader.AsStream(), Cancellation));
        }
        return messages;
    }

    /// <summary>A certificate for a host from an authority of the test.</summary>
    internal static X509Certificate2 CertificateOf(string host, X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(20), RandomNumberGenerator.GetBytes(8));
        using var with = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(with.Export(X509ContentType.Pfx), null);
    }

    /// <summary>An authority of its own, or one that another vouches for.</summary>
    internal static X509Certificate2 Authority(X509Certificate2? above = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(above is null ? "CN=Test authority" : "CN=Authority below", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        if (above is null)
        {
            using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(30));
            return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        }
        using var signed = request.Create(above, DateTimeOffset.UtcNow.AddDays(-1.5), DateTimeOffset.UtcNow.AddDays(25), RandomNumberGenerator.GetBytes(8));
        using var with = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(with.Export(X509ContentType.Pfx), null);
    }
}
