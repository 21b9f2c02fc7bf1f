using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using CongVu.Mail.Jmap.Push;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace CongVu.Mail.Tests.Jmap;

public sealed class SqlitePushTests() : PushTests(Backend.Sqlite);

public sealed class PostgresPushTests() : PushTests(Backend.Postgres);

/// <summary>RFC 8620 §7.2: a device subscribes, shows that it hears, and is told of changes until it stops.</summary>
public abstract class PushTests(Backend backend) : JmapFixture(backend)
{
    [Fact]
    public async Task A_device_gives_its_code_back_and_is_told_of_changes()
    {
        var (an, account) = await PersonAsync("an");
        using var service = new PushService();
        using var http = new HttpClient(service);
        using var stop = new CancellationTokenSource();
        var sending = new PushSender(Api, http, Clock, NullLogger<PushSender>.Instance).RunAsync(stop.Token);
        using var device = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var secret = RandomNumberGenerator.GetBytes(16);
        var set = await SetAsync(an, $$"""
            {"create":{"a":{"deviceClientId":"may-1","url":"https://push.example/1","types":["Email"],"keys":{"p256dh":"{{Base64Url.EncodeToString(WebPush.Point(device))}}","auth":"{{Base64Url.EncodeToString(secret)}}"} } } }
            """);
        var id = set["created"]!["a"]!["id"]!.GetValue<string>();
        Assert.Equal("2026-03-09T01:00:00Z", set["created"]!["a"]!["expires"]!.GetValue<string>());

        var verification = JsonNode.Parse(Decrypt(await service.NextAsync(), device, secret))!;
        Assert.Equal(("PushVerification", id), (verification["@type"]!.GetValue<string>(), verification["pushSubscriptionId"]!.GetValue<string>()));
        Assert.Equal("invalidProperties", (await SetAsync(an, $$"""{"update":{"{{id}}":{"verificationCode":"x"} } }"""))["notUpdated"]![id]!["type"]!.GetValue<string>());
        Assert.True((await SetAsync(an, $$"""{"update":{"{{id}}":{"verificationCode":{{verification["verificationCode"]!.ToJsonString()}} } } }"""))["updated"]!.AsObject().ContainsKey(id));

        // It may hear of an earlier change first, and of this one at the latest when it happens again.
        var told = service.NextAsync().AsTask();
        while (!told.IsCompleted)
        {
            await AppendAsync(an, (await MailboxAsync(an, "INBOX")).Id, "Mới");
            await Task.WhenAny(told, Task.Delay(100, Cancellation));
        }
        var change = JsonNode.Parse(Decrypt(await told, device, secret))!;
        Assert.Equal("StateChange", change["@type"]!.GetValue<string>());
        Assert.Equal(["Email"], change["changed"]![$"a{account.Value}"]!.AsObject().Select(p => p.Key));

        // A service that does not know the device any more ends the subscription.
        service.Status = HttpStatusCode.Gone;
        while ((await Store.PushSubscriptions.ListAsync(an, Cancellation)).Count > 0)
        {
            await AppendAsync(an, (await MailboxAsync(an, "INBOX")).Id, "Mới");
            await Task.Delay(50, Cancellation);
        }
        await stop.CancelAsync();
        await sending;
    }

    [Fact]
    public async Task Subscriptions_are_ones_own_and_say_neither_where_nor_with_which_key()
    {
        var (an, _) = await PersonAsync("an");
        var (binh, _) = await PersonAsync("binh");
        var set = await SetAsync(an, """
            {"create":{"a":{"deviceClientId":"may-1","url":"https://push.example/1","expires":"2030-01-01T00:00:00Z"},"b":{"deviceClientId":"may-1","url":"http://push.example/1"},
              "c":{"url":"https://push.example/1"},"d":{"deviceClientId":"x","url":"https://push.example/1","keys":{"p256dh":"AAAA","auth":"AAAA"} },"e":{"deviceClientId":"x","url":"https://push.example/1","verificationCode":"1"} } }
            """);
        Assert.All(["b", "c", "d", "e"], creation => Assert.Equal("invalidProperties", set["notCreated"]![creation]!["type"]!.GetValue<string>()));
        Assert.False(set.AsObject().ContainsKey("accountId") || set.AsObject().ContainsKey("newState"));
        var id = set["created"]!["a"]!["id"]!.GetValue<string>();
        var got = await OneAsync(an, "PushSubscription/get", "{}");
        Assert.Equal(["deviceClientId", "expires", "id", "types", "verificationCode"], Assert.Single(got["list"]!.AsArray())!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.Null(got["list"]![0]!["verificationCode"]);
        Assert.Equal("forbidden", (await OneAsync(an, "PushSubscription/get", """{"properties":["url"]}"""))["type"]!.GetValue<string>());
        Assert.Equal([id], Strings((await OneAsync(binh, "PushSubscription/get", $$"""{"ids":["{{id}}"]}"""))["notFound"]));
        Assert.Equal("notFound", (await SetAsync(binh, $$"""{"destroy":["{{id}}"]}"""))["notDestroyed"]![id]!["type"]!.GetValue<string>());
        Assert.Equal("notFound", (await SetAsync(binh, $$"""{"update":{"{{id}}":{"types":null} } }"""))["notUpdated"]![id]!["type"]!.GetValue<string>());
        Assert.Equal("2026-03-03T00:00:00Z", (await SetAsync(an, $$"""{"update":{"{{id}}":{"expires":"2026-03-03T00:00:00Z"} } }"""))["updated"]![id]!["expires"]!.GetValue<string>());
        Clock.Now += TimeSpan.FromDays(2);
        Assert.Empty((await OneAsync(an, "PushSubscription/get", "{}"))["list"]!.AsArray());
    }

    // The example of RFC 8291 §5.
    [Fact]
    public void What_is_encrypted_is_what_the_standard_shows()
    {
        var point = Base64Url.DecodeFromChars("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        using var own = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = Base64Url.DecodeFromChars("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), Q = new() { X = point[1..33], Y = point[33..] } });
        var body = WebPush.Encrypt(
            "When I grow up, I want to be a watermelon"u8,
            Base64Url.DecodeFromChars("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
            Base64Url.DecodeFromChars("BTBZMqHH6r4Tts7J_aSIgg"),
            own,
            Base64Url.DecodeFromChars("DGv6ra1nlYgDCS1FRnbzlw"));
        Assert.Equal("DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN", Base64Url.EncodeToString(body));
    }

    private Task<JsonNode> SetAsync(PrincipalId who, string arguments) => OneAsync(who, "PushSubscription/set", arguments);

    private async Task<JsonNode> OneAsync(PrincipalId who, string method, string arguments) => (await CallsAsync(who, default, $"""[["{method}",{arguments},"0"]]"""))[0]![1]!;

    // What the device does (RFC 8291 §3.4).
    private static string Decrypt(byte[] body, ECDiffieHellman device, byte[] secret)
    {
        var (salt, point, record) = (body[..16], body[21..86], body[86..]);
        using var server = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = point[1..33], Y = point[33..] } });
        var input = HKDF.DeriveKey(HashAlgorithmName.SHA256, device.DeriveRawSecretAgreement(server.PublicKey), 32, secret, [.. "WebPush: info\0"u8, .. WebPush.Point(device), .. point]);
        using var cipher = new AesGcm(HKDF.DeriveKey(HashAlgorithmName.SHA256, input, 16, salt, "Content-Encoding: aes128gcm\0"u8.ToArray()), 16);
        var plain = new byte[record.Length - 16];
        cipher.Decrypt(HKDF.DeriveKey(HashAlgorithmName.SHA256, input, 12, salt, "Content-Encoding: nonce\0"u8.ToArray()), record.AsSpan()[..^16], record.AsSpan()[^16..], plain);
        return Encoding.UTF8.GetString(plain.AsSpan()[..^1]);
    }

    private sealed class PushService : HttpMessageHandler
    {
        private readonly Channel<byte[]> told = Channel.CreateUnbounded<byte[]>();

        public HttpStatusCode Status { get; set; } = HttpStatusCode.Created;

        public ValueTask<byte[]> NextAsync() => told.Reader.ReadAsync(Cancellation);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal(("aes128gcm", "86400"), (request.Content!.Headers.ContentEncoding.Single(), request.Headers.GetValues("TTL").Single()));
            await told.Writer.WriteAsync(await request.Content.ReadAsByteArrayAsync(cancellationToken), cancellationToken);
            return new(Status);
        }
    }
}
