using System.Text;
using CongVu.Formats.SenderAuthentication;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using BodyHashes = CongVu.Formats.SenderAuthentication.BodyHashes;

namespace CongVu.Formats.Tests.SenderAuthentication;

public sealed class DkimTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    private static readonly SigningKey Rsa = SigningKey.Create("tinh.gov.vn", "r1", SignatureAlgorithm.RsaSha256);
    private static readonly SigningKey Ed25519 = SigningKey.Create("tinh.gov.vn", "e1", SignatureAlgorithm.Ed25519Sha256);
    private static readonly TestZone Zone = new TestZone().Add(Rsa.RecordName, "TXT", Rsa.RecordText).Add(Ed25519.RecordName, "TXT", Ed25519.RecordText);

    private const string Message = "From: =?utf-8?q?V=C4=83n_th=C6=B0?= <vt@tinh.gov.vn>\r\nTo: a@so.gov.vn\r\nSubject:  C\u00f4ng v\u0103n \r\n\tso 12\r\nDate: Mon, 2 Mar 2026 08:00:00 +0700\r\nMessage-ID: <1@tinh.gov.vn>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nD\u00f2ng  m\u1ed9t \t\r\n\r\nD\u00f2ng hai\r\n\r\n\r\n";

    /// <summary>RFC 8463 appendix A: a message signed with both algorithms.</summary>
    [Fact]
    public async Task The_example_of_the_standard_for_ed25519_verifies_with_both_signatures()
    {
        var file = Corpus.Folder is { } folder ? Path.Combine(folder, "mail", "mimekit", "dkim", "rfc8463-example.msg") : "";
        Assert.SkipUnless(File.Exists(file), "The corpus is not here.");
        var zone = new TestZone()
            .Add("brisbane._domainkey.football.example.com", "TXT", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
            .Add("test._domainkey.football.example.com", "TXT", "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB");
        var outcomes = await VerifyAsync(Corpus.WithCrLf(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)), zone);
        Assert.Equal([DkimResult.Pass, DkimResult.Pass], outcomes.Select(o => o.Result));
    }

    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    [InlineData(SignatureAlgorithm.Ed25519Sha256)]
    public async Task What_is_signed_here_verifies_here_and_with_another_program(SignatureAlgorithm algorithm)
    {
        var key = algorithm == SignatureAlgorithm.RsaSha256 ? Rsa : Ed25519;
        var signed = await SignAsync(Message, key);
        var outcome = Assert.Single(await VerifyAsync(signed, Zone));
        Assert.Equal((DkimResult.Pass, "tinh.gov.vn", key.Selector, "@tinh.gov.vn"), (outcome.Result, outcome.Domain, outcome.Selector, outcome.Identity));

        using var stream = new MemoryStream(signed);
        using var message = await MimeMessage.LoadAsync(stream, TestContext.Current.CancellationToken);
        var other = new MimeKit.Cryptography.DkimVerifier(new ZoneKeys(Zone));
        Assert.True(await other.VerifyAsync(message, message.Headers.First(h => h.Id == HeaderId.DkimSignature), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(DkimCanonicalizationAlgorithm.Simple, DkimCanonicalizationAlgorithm.Simple, true)]
    [InlineData(DkimCanonicalizationAlgorithm.Simple, DkimCanonicalizationAlgorithm.Relaxed, false)]
    [InlineData(DkimCanonicalizationAlgorithm.Relaxed, DkimCanonicalizationAlgorithm.Simple, true)]
    [InlineData(DkimCanonicalizationAlgorithm.Relaxed, DkimCanonicalizationAlgorithm.Relaxed, false)]
    public async Task What_another_program_signs_verifies_here_in_every_form(DkimCanonicalizationAlgorithm header, DkimCanonicalizationAlgorithm body, bool isRsa)
    {
        var key = isRsa ? Rsa : Ed25519;
        var signer = new MimeKit.Cryptography.DkimSigner(isRsa ? PrivateKeyFactory.CreateKey(key.PrivateKey) : new Ed25519PrivateKeyParameters(key.PrivateKey, 0), key.Domain, key.Selector)
        {
            SignatureAlgorithm = isRsa ? DkimSignatureAlgorithm.RsaSha256 : DkimSignatureAlgorithm.Ed25519Sha256,
            HeaderCanonicalizationAlgorithm = header,
            BodyCanonicalizationAlgorithm = body,
        };
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Message));
        using var message = await MimeMessage.LoadAsync(stream, TestContext.Current.CancellationToken);
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        signer.Sign(format, message, (IList<HeaderId>)[HeaderId.From, HeaderId.To, HeaderId.Subject, HeaderId.Date]);
        using var signed = new MemoryStream();
        await message.WriteToAsync(format, signed, TestContext.Current.CancellationToken);
        Assert.Equal("", Assert.Single(await VerifyAsync(signed.ToArray(), Zone)).Reason);
    }

    [Theory]
    [InlineData("Subject:  C", "Subject: D", DkimResult.Fail, "the header was changed")]
    [InlineData("Dòng hai", "Dòng ba", DkimResult.Fail, "the body was changed")]
    [InlineData("From: ", "From: x@ke.gian.vn\r\nFrom: ", DkimResult.Fail, "the header was changed")]
    [InlineData("From: ", "Reply-To: x@ke.gian.vn\r\nFrom: ", DkimResult.Fail, "the header was changed")]
    [InlineData("Subject:  C", "SUBJECT:\t C", DkimResult.Pass, "")]
    [InlineData("Dòng hai\r\n\r\n\r\n", "Dòng hai", DkimResult.Pass, "")]
    [InlineData("Dòng  một \t\r\n", "Dòng một\r\n", DkimResult.Pass, "")]
    [InlineData("Message-ID:", "Received: by x\r\nMessage-ID:", DkimResult.Pass, "")]
    [InlineData("s=r1;", "s=none;", DkimResult.PermError, "there is no key")]
    [InlineData("s=r1;", "s=slow;", DkimResult.TempError, "the key could not be asked for")]
    [InlineData("s=r1;", "s=gone;", DkimResult.PermError, "the key was revoked")]
    [InlineData("s=r1;", "s=e1;", DkimResult.PermError, "the key is of another kind")]
    [InlineData("s=r1;", "s=weak;", DkimResult.PermError, "the key cannot be used")]
    [InlineData("a=rsa-sha256", "a=rsa-sha1", DkimResult.PermError, "the algorithm rsasha1 is not accepted")]
    [InlineData("d=tinh.gov.vn", "i=@vn; d=tinh.gov.vn", DkimResult.PermError, "i= is not within d=")]
    [InlineData("d=tinh.gov.vn", "x=1; d=tinh.gov.vn", DkimResult.PermError, "it is not well formed")]
    [InlineData("v=1;", "v=1; v=1;", DkimResult.PermError, "it is not well formed")]
    [InlineData("h=from:from", "h=to:to", DkimResult.PermError, "From is not signed")]
    [InlineData("; d=tinh.gov.vn", "; l=3; d=tinh.gov.vn", DkimResult.Fail, "the body was changed")]
    [InlineData("; d=tinh.gov.vn", "; l=9999; d=tinh.gov.vn", DkimResult.Fail, "the body is shorter than what was signed")]
    public async Task What_happened_to_a_message_shows(string before, string after, DkimResult expected, string reason)
    {
        using var weak = System.Security.Cryptography.RSA.Create(512);
        var zone = new TestZone()
            .Add(Rsa.RecordName, "TXT", Rsa.RecordText).Add(Ed25519.RecordName, "TXT", Ed25519.RecordText)
            .Add("gone._domainkey.tinh.gov.vn", "TXT", "v=DKIM1; p=")
            .Add("slow._domainkey.tinh.gov.vn", "TIMEOUT", "")
            .Add("weak._domainkey.tinh.gov.vn", "TXT", $"p={Convert.ToBase64String(weak.ExportSubjectPublicKeyInfo())}");
        var text = Encoding.UTF8.GetString(await SignAsync(Message, Rsa));
        Assert.Contains(before, text, StringComparison.Ordinal);
        var outcome = Assert.Single(await VerifyAsync(Encoding.UTF8.GetBytes(text.Replace(before, after, StringComparison.Ordinal)), zone));
        Assert.Equal((expected, reason), (outcome.Result, outcome.Reason));
    }

    [Fact]
    public async Task An_empty_body_is_signed_too()
    {
        var signed = await SignAsync("From: a@tinh.gov.vn\r\n\r\n", Rsa);
        Assert.Equal(DkimResult.Pass, Assert.Single(await VerifyAsync(signed, Zone)).Result);
    }

    [Fact]
    public async Task A_signature_broken_anywhere_never_throws()
    {
        var random = new Random(3);
        var signed = await SignAsync(Message, Ed25519);
        for (var i = 0; i < 2000; i++)
        {
            var broken = signed.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
            foreach (var outcome in await VerifyAsync(broken, Zone))
                Assert.True(Enum.IsDefined(outcome.Result));
        }
    }

    [Fact]
    public async Task Real_mail_of_the_corpus_is_read_without_an_error_of_ours()
    {
        Assert.SkipWhen(Corpus.Folder is null, "The corpus is not here.");
        foreach (var (_, bytes) in Corpus.Messages(200))
            await VerifyAsync(bytes, Zone);
    }

    internal static async Task<byte[]> SignAsync(string message, SigningKey key)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        var fields = MessageFields.Read(bytes);
        using var hashes = new BodyHashes();
        var body = CongVu.Formats.SenderAuthentication.DkimSigner.Request(hashes);
        await hashes.ComputeAsync(new MemoryStream(bytes[fields.BodyOffset..]), TestContext.Current.CancellationToken);
        return [.. Encoding.ASCII.GetBytes(CongVu.Formats.SenderAuthentication.DkimSigner.Sign(fields, body, key, Now)), .. bytes];
    }

    internal static async Task<IReadOnlyList<DkimOutcome>> VerifyAsync(byte[] message, TestZone zone)
    {
        var fields = MessageFields.Read(message);
        using var hashes = new BodyHashes();
        var verifier = new CongVu.Formats.SenderAuthentication.DkimVerifier(fields, hashes, Now);
        await hashes.ComputeAsync(new MemoryStream(message[Math.Max(0, fields.BodyOffset)..]), TestContext.Current.CancellationToken);
        return await verifier.RunAsync(zone.Lookup, TestContext.Current.CancellationToken);
    }

    private sealed class ZoneKeys(TestZone zone) : DkimPublicKeyLocatorBase
    {
        public override Org.BouncyCastle.Crypto.AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            GetPublicKey(zone.Lookup($"{selector}._domainkey.{domain}", DnsKind.Txt, cancellationToken).AsTask().GetAwaiter().GetResult().Texts[0]);

        public override Task<Org.BouncyCastle.Crypto.AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));
    }
}
