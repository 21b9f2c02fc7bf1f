using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CongVu.Formats.SenderAuthentication;
using CongVu.Mail.Dns;
using CongVu.Mail.Outbound;

namespace CongVu.Mail.Tests.Outbound;

/// <summary>What TLS another server must have: MTA-STS (RFC 8461), DANE (RFC 7672), or whatever there is.</summary>
public sealed class TlsPolicyTests : OutboundFixture
{
    private readonly X509Certificate2 authority = Authority();
    private string policy = "version: STSv1\nmode: enforce\nmx: mx.other.vn\nmax_age: 86400\n";
    private int fetched;

    [Fact]
    public async Task Without_a_policy_any_TLS_is_better_than_none_and_none_better_than_no_mail()
    {
        using var stranger = Authority();
        using var certificate = CertificateOf("somebody.else", stranger);
        await using var peer = new ScriptedPeer { Certificate = certificate };
        Destination();
        await QueueAsync("x@other.vn");
        await Worker(Options(peer)).RunOnceAsync(Cancellation);
        Assert.Contains("STARTTLS", peer.Told);
        Assert.Single(peer.Messages);

        // TLS that cannot be agreed upon: once more without.
        await using var broken = new ScriptedPeer { Extensions = ["STARTTLS"] };
        await QueueAsync("x@other.vn");
        await Worker(Options(broken)).RunOnceAsync(Cancellation);
        Assert.Equal(2, broken.Connections);
        Assert.Single(broken.Messages);
    }

    [Fact]
    public async Task What_is_said_between_STARTTLS_and_the_handshake_counts_for_nothing()
    {
        using var certificate = CertificateOf("mx.other.vn", authority);
        await using var peer = new ScriptedPeer { Certificate = certificate, Answer = (command, _) => command == "STARTTLS" ? "220 go on\r\n250 injected" : null };
        Destination();
        var id = await QueueAsync("x@other.vn");
        await Worker(Options(peer)).RunOnceAsync(Cancellation);
        Assert.Contains("between STARTTLS and the handshake", (await WaitingAsync(id)).LastStatus, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_enforced_policy_takes_the_right_certificate_only_and_is_kept_when_DNS_falls_silent()
    {
        using var right = CertificateOf("mx.other.vn", authority);
        using var wrong = CertificateOf("mx.evil.vn", authority);
        Destination();
        Dns.Text("_mta-sts.other.vn", "v=STSv1; id=1;");
        using (var sts = Sts())
        {
            await using var peer = new ScriptedPeer { Certificate = right };
            await QueueAsync("x@other.vn");
            await Worker(Options(peer), sts).RunOnceAsync(Cancellation);
            Assert.Single(peer.Messages);
        }
        Assert.Equal(1, fetched);

        // Another process, and a name server that knows nothing of a policy.
        using var later = new MtaSts(Store.Database, (_, _, _) => ValueTask.FromResult(DnsAnswer.Failed), new Site(this), Clock);
        await using var other = new ScriptedPeer { Certificate = wrong };
        var id = await QueueAsync("x@other.vn");
        await Worker(Options(other), later).RunOnceAsync(Cancellation);
        Assert.StartsWith("4.7.5 ", (await WaitingAsync(id)).LastStatus, StringComparison.Ordinal);
        await using var bare = new ScriptedPeer();
        await Store.Queue.RetryAsync(id, Cancellation);
        await Worker(Options(bare), later).RunOnceAsync(Cancellation);
        Assert.Contains("offers no TLS", (await WaitingAsync(id)).LastStatus, StringComparison.Ordinal);
        Assert.Equal((0, 0, 1), (other.Messages.Count, bare.Messages.Count, fetched));

        // It runs out in its time.
        Clock.Now += TimeSpan.FromDays(2);
        await Store.Queue.RetryAsync(id, Cancellation);
        await Worker(Options(bare), later).RunOnceAsync(Cancellation);
        Assert.Single(bare.Messages);
    }

    [Fact]
    public async Task A_host_that_the_policy_does_not_name_is_passed_over()
    {
        policy = policy.Replace("mx.other.vn", "mx2.other.vn", StringComparison.Ordinal);
        using var certificate = CertificateOf("mx2.other.vn", authority);
        await using var first = new ScriptedPeer();
        await using var second = new ScriptedPeer(IPAddress.Parse("127.0.0.2"), first.Port) { Certificate = certificate };
        Destination();
        Dns.Mx("other.vn", 20, "mx2.other.vn").Host("mx2.other.vn", "127.0.0.2").Text("_mta-sts.other.vn", "v=STSv1; id=1;");
        using var sts = Sts();
        await QueueAsync("x@other.vn");
        await Worker(Options(first), sts).RunOnceAsync(Cancellation);
        Assert.Equal((0, 1), (first.Connections, second.Messages.Count));
    }

    [Fact]
    public async Task A_policy_on_trial_is_reported_and_the_mail_goes()
    {
        policy = policy.Replace("enforce", "testing", StringComparison.Ordinal);
        await using var peer = new ScriptedPeer();
        Destination();
        Dns.Text("_mta-sts.other.vn", "v=STSv1; id=1;");
        using var sts = Sts();
        await QueueAsync("x@other.vn");
        await Worker(Options(peer), sts).RunOnceAsync(Cancellation);
        Assert.Single(peer.Messages);
        await Results.WriteAsync(Cancellation);
        var result = Assert.Single(await Results.OfAsync(DateOnly.FromDateTime(Clock.Now.UtcDateTime), "other.vn", Cancellation));
        Assert.Equal(("sts", policy, "mx.other.vn", "starttls-not-supported", 1L), (result.Policy, result.PolicyText, result.Host, result.Failure, result.Sessions));
    }

    [Theory]
    [InlineData(3, 1, 1, true)]
    [InlineData(3, 0, 2, true)]
    [InlineData(3, 0, 0, true)]
    [InlineData(2, 0, 1, true)]
    [InlineData(2, 1, 2, true)]
    [InlineData(3, 1, 1, false)]
    [InlineData(2, 0, 1, false)]
    public async Task DANE_takes_who_the_record_names(byte usage, byte selector, byte matching, bool isRight)
    {
        using var own = Authority(authority);
        using var certificate = CertificateOf("mx.other.vn", own);
        using var somebody = Authority(authority);
        var named = isRight ? usage == 3 ? certificate : own : somebody;
        var bytes = selector == 0 ? named.RawData : named.PublicKey.ExportSubjectPublicKeyInfo();
        await using var peer = new ScriptedPeer { Certificate = certificate, Chain = own };
        Destination();
        Dns.IsValidating = true;
        Dns.Tlsa($"_{peer.Port}._tcp.mx.other.vn", usage, selector, matching, matching switch { 0 => bytes, 1 => SHA256.HashData(bytes), _ => SHA512.HashData(bytes) });
        var id = await QueueAsync("x@other.vn");
        await Worker(Options(peer) with { HasValidatingDns = true }).RunOnceAsync(Cancellation);
        Assert.Equal(isRight ? 1 : 0, peer.Messages.Count);
        if (!isRight)
            Assert.StartsWith("4.7.5 ", (await WaitingAsync(id)).LastStatus, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DANE_needs_TLS_and_answers_that_are_vouched_for()
    {
        await using var peer = new ScriptedPeer();
        Destination();
        Dns.Tlsa($"_{peer.Port}._tcp.mx.other.vn", 3, 1, 1, new byte[32]);
        // Nobody vouches for these.
        await QueueAsync("x@other.vn");
        await Worker(Options(peer) with { HasValidatingDns = true }).RunOnceAsync(Cancellation);
        Assert.Single(peer.Messages);

        Dns.IsValidating = true;
        var id = await QueueAsync("x@other.vn");
        await Worker(Options(peer) with { HasValidatingDns = true }).RunOnceAsync(Cancellation);
        Assert.Contains("offers no TLS", (await WaitingAsync(id)).LastStatus, StringComparison.Ordinal);
        Assert.Single(peer.Messages);
    }

    [Fact]
    public async Task Records_of_kinds_that_mail_does_not_use_demand_TLS_and_no_more()
    {
        using var own = Authority();
        using var certificate = CertificateOf("mx.other.vn", own);
        await using var peer = new ScriptedPeer { Certificate = certificate };
        Destination();
        Dns.IsValidating = true;
        Dns.Tlsa($"_{peer.Port}._tcp.mx.other.vn", 1, 1, 1, new byte[32]);
        await QueueAsync("x@other.vn");
        await Worker(Options(peer) with { HasValidatingDns = true }).RunOnceAsync(Cancellation);
        Assert.Single(peer.Messages);
    }

    private void Destination() => Dns.Mx("other.vn", 10, "mx.other.vn").Host("mx.other.vn", "127.0.0.1");

    private OutboundOptions Options(ScriptedPeer peer) => By(peer.Port) with { TrustedRoots = [authority] };

    private MtaSts Sts() => new(Store.Database, new DnsResolver([Dns.Address], Clock).LookupAsync, new Site(this), Clock);

    // The web server of the policy.
    private sealed class Site(TlsPolicyTests test) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal("https://mta-sts.other.vn/.well-known/mta-sts.txt", request.RequestUri!.ToString());
            test.fetched++;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(test.policy, System.Text.Encoding.UTF8, "text/plain") });
        }
    }
}
