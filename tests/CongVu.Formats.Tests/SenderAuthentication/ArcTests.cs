using System.Net;
using System.Text;
using CongVu.Formats.SenderAuthentication;
using MimeKit;
using MimeKit.Cryptography;
using ArcVerifier = CongVu.Formats.SenderAuthentication.ArcVerifier;
using AuthenticationResults = CongVu.Formats.SenderAuthentication.AuthenticationResults;
using BodyHashes = CongVu.Formats.SenderAuthentication.BodyHashes;

namespace CongVu.Formats.Tests.SenderAuthentication;

public sealed class ArcTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    private static readonly SigningKey First = SigningKey.Create("list.vn", "a", SignatureAlgorithm.RsaSha256);
    private static readonly SigningKey Second = SigningKey.Create("relay.vn", "b", SignatureAlgorithm.RsaSha256);
    private static readonly TestZone Zone = new TestZone().Add(First.RecordName, "TXT", First.RecordText).Add(Second.RecordName, "TXT", Second.RecordText);

    private const string Message = "From: a@tinh.gov.vn\r\nTo: b@list.vn\r\nSubject: x\r\n\r\nBody\r\n";

    [Fact]
    public async Task Each_hop_adds_a_set_and_the_chain_verifies_here_and_with_another_program()
    {
        var once = await SealAsync(Message, First);
        var outcome = await VerifyAsync(once);
        Assert.Equal((ArcResult.Pass, 1, ""), (outcome.Result, outcome.Instances, outcome.Reason));
        var twice = await SealAsync(once, Second);
        outcome = await VerifyAsync(twice);
        Assert.Equal((ArcResult.Pass, 2, 0), (outcome.Result, outcome.Instances, outcome.OldestPass));
        Assert.Equal(["list.vn", "relay.vn"], outcome.Sealers);

        using var message = await MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(twice)), TestContext.Current.CancellationToken);
        var other = new MimeKit.Cryptography.ArcVerifier(new Keys());
        Assert.Equal(ArcSignatureValidationResult.Pass, (await other.VerifyAsync(message, TestContext.Current.CancellationToken)).Chain);
    }

    [Fact]
    public async Task A_hop_that_changes_the_message_and_seals_it_keeps_the_chain_and_shows_where()
    {
        var changed = (await SealAsync(Message, First)).Replace("Body\r\n", "Body\r\n-- \r\nlist\r\n", StringComparison.Ordinal);
        Assert.Equal(ArcResult.Fail, (await VerifyAsync(changed)).Result);
        var resealed = await SealAsync(changed, Second, new(ArcResult.Pass, 1, [], ""));
        var outcome = await VerifyAsync(resealed);
        Assert.Equal((ArcResult.Pass, 2), (outcome.Result, outcome.OldestPass));
    }

    [Fact]
    public async Task A_broken_chain_is_sealed_once_as_broken_and_not_again()
    {
        var broken = (await SealAsync(Message, First)).Replace("Subject: x", "Subject: y", StringComparison.Ordinal);
        var closed = await SealAsync(broken, Second);
        Assert.Contains("cv=fail", closed, StringComparison.Ordinal);
        Assert.Equal(ArcResult.Fail, (await VerifyAsync(closed)).Result);
        Assert.Equal(closed, await SealAsync(closed, First));
    }

    [Theory]
    [InlineData("ARC-Seal: i=1;", "ARC-Seal: i=2;", "the chain has a gap")]
    [InlineData("ARC-Seal: i=1;", "ARC-Seal: i=99;", "a field of the chain is not well formed or there twice")]
    [InlineData("cv=none", "cv=pass", "a seal says that the chain was broken before")]
    [InlineData("list.vn; spf=pass", "list.vn; spf=fail", "a seal is broken")]
    [InlineData("cv=none;", "cv=none; h=from;", "a seal is not well formed")]
    public async Task What_is_wrong_with_a_chain_is_told(string before, string after, string reason)
    {
        var sealed1 = await SealAsync(Message, First);
        Assert.Contains(before, sealed1, StringComparison.Ordinal);
        var outcome = await VerifyAsync(sealed1.Replace(before, after, StringComparison.Ordinal));
        Assert.Equal((ArcResult.Fail, reason), (outcome.Result, outcome.Reason));
    }

    [Fact]
    public async Task A_message_without_a_chain_has_none() => Assert.Equal(ArcResult.None, (await VerifyAsync(Message)).Result);

    [Fact]
    public void Results_are_written_as_the_standard_says_and_forged_ones_are_found()
    {
        var value = AuthenticationResults.Value(
            "mx.tinh.gov.vn",
            new(IPAddress.Parse("203.0.113.7"), "mail.khac.vn", "\"a b\"@khac.vn"),
            new(SpfResult.Pass, "khac.vn"),
            [new(DkimResult.Fail, "khac.vn", "s1", "@khac.vn", "rsa-sha256", "the body was changed", "AbC/+d12")],
            new(DmarcResult.Fail, "khac.vn", "khac.vn", DmarcPolicy.Reject, null),
            new(ArcResult.None, 0, [], ""));
        Assert.Equal(
            "mx.tinh.gov.vn;\r\n\tdkim=fail reason=\"the body was changed\" header.d=khac.vn header.s=s1 header.a=rsa-sha256 header.b=\"AbC/+d12\""
            + ";\r\n\tspf=pass smtp.mailfrom=\"\\\"a b\\\"@khac.vn\";\r\n\tdmarc=fail reason=\"the domain asks for reject\" header.from=khac.vn",
            value);
        Assert.True(MimeKit.Cryptography.AuthenticationResults.TryParse(Encoding.ASCII.GetBytes(value), out var read));
        Assert.Equal(3, read.Results.Count);
        Assert.True(Is("Authentication-Results: mx.tinh.gov.vn; spf=pass"));
        Assert.True(Is("Authentication-results:\r\n\t(x) MX.tinh.gov.vn 1;\r\n\tspf=pass"));
        Assert.True(Is("Authentication-Results: mx.tinh.gov.vn"));
        Assert.False(Is("Authentication-Results: mx.khac.vn; spf=pass"));
        Assert.False(Is("X-Authentication-Results: mx.tinh.gov.vn; spf=pass"));

        static bool Is(string line) => AuthenticationResults.IsOf(MessageField.Of(line + "\r\n"), "mx.tinh.gov.vn");
    }

    private static async Task<string> SealAsync(string message, SigningKey key, ArcOutcome? as_ = null)
    {
        var arc = as_ ?? await VerifyAsync(message);
        var bytes = Encoding.UTF8.GetBytes(message);
        var fields = MessageFields.Read(bytes);
        using var hashes = new BodyHashes();
        var body = ArcSealer.Request(hashes);
        await hashes.ComputeAsync(new MemoryStream(bytes[fields.BodyOffset..]), TestContext.Current.CancellationToken);
        return ArcSealer.Seal(fields, body, $"{key.Domain}; spf=pass smtp.mailfrom=a@tinh.gov.vn", arc, key, Now) + message;
    }

    private static async Task<ArcOutcome> VerifyAsync(string message)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        var fields = MessageFields.Read(bytes);
        using var hashes = new BodyHashes();
        var verifier = new ArcVerifier(fields, hashes, Now);
        await hashes.ComputeAsync(new MemoryStream(bytes[fields.BodyOffset..]), TestContext.Current.CancellationToken);
        return await verifier.RunAsync(Zone.Lookup, TestContext.Current.CancellationToken);
    }

    private sealed class Keys : DkimPublicKeyLocatorBase
    {
        public override Org.BouncyCastle.Crypto.AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            GetPublicKey(Zone.Lookup($"{selector}._domainkey.{domain}", DnsKind.Txt, cancellationToken).AsTask().GetAwaiter().GetResult().Texts[0]);

        public override Task<Org.BouncyCastle.Crypto.AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));
    }
}
