using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using CongVu.Formats.Tests;
using CongVu.Server.Configuration;
using MailKit;
using MailKit.Security;
using MimeKit;

namespace CongVu.EndToEnd;

/// <summary>Real messages: what lists and readers are told of them agrees with another reader of the same files.</summary>
public sealed class CorpusTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Envelope_and_structure_agree_with_a_reading_of_the_file()
    {
        Assert.SkipWhen(Corpus.Folder is null, "The corpus is not here.");
        await using var server = await RunningServer.StartAsync(Cancellation);
        var an = await server.PersonAsync("an", Cancellation);
        var messages = Corpus.Messages().ToList();
        await FillAsync(server, an, messages.Select(m => m.Bytes));
        using var reader = await ImapTests.ConnectAsync(server, an, ListenerKind.Imaps, SecureSocketOptions.SslOnConnect);
        await reader.Inbox.OpenAsync(FolderAccess.ReadOnly, Cancellation);
        var summaries = await reader.Inbox.FetchAsync(0, -1, MessageSummaryItems.Envelope | MessageSummaryItems.BodyStructure, Cancellation);
        var (differences, compared) = (new List<string>(), 0);
        for (var i = 0; i < messages.Count; i++)
        {
            if (await LoadAsync(messages[i].Bytes) is not { } whole)
                continue;
            var (envelope, body) = (summaries[i].Envelope!, summaries[i].Body!);
            if (System.Text.Ascii.IsValid(whole.MessageId ?? ""))
                Compare("Message-ID", whole.MessageId, envelope.MessageId);
            // An encoded message inside, which may not be, is a leaf to the other reader.
            var shape = Shape(whole.Body);
            Compare("structure", shape, shape.Contains("message/rfc822", StringComparison.Ordinal) && !shape.Contains('[', StringComparison.Ordinal) ? WithoutInner(Shape(body)) : Shape(body));
            // What is in no charset that the other reader knows is read here alone; its own tests show how.
            if (!IsPlain(whole))
                continue;
            Compare("Subject", Line(whole.Subject), Line(envelope.Subject));
            Compare("From", Addresses(whole.From), Addresses(envelope.From));
            Compare("To", Addresses(whole.To), Addresses(envelope.To));
            Compare("Cc", Addresses(whole.Cc), Addresses(envelope.Cc));
            if (whole.Headers.Contains(HeaderId.Date) && whole.Date.Year is > 1900 and < 9000)
                Compare("Date", $"{whole.Date:O}", $"{envelope.Date:O}");

            void Compare(string what, string? expected, string? actual)
            {
                compared++;
                if ((expected ?? "") != (actual ?? ""))
                    differences.Add($"{messages[i].Name}: {what}: {expected} | {actual}");
            }
        }
        Assert.True(differences.Count == 0, $"{differences.Count} of {compared}:\n{string.Join('\n', differences.Take(60))}");
        Assert.True(compared > 1000, $"{compared} compared");
    }

    [Fact]
    public async Task Jmap_tells_of_every_message_the_same_as_its_header()
    {
        Assert.SkipWhen(Corpus.Folder is null, "The corpus is not here.");
        await using var server = await RunningServer.StartAsync(Cancellation);
        var an = await server.PersonAsync("an", Cancellation);
        await FillAsync(server, an, Corpus.Messages().Select(m => m.Bytes));
        using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{server.Port(ListenerKind.Http)}") };
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{an}:{RunningServer.Password}")));
        var account = (await client.GetFromJsonAsync<JsonNode>("/jmap/session", Cancellation))!["primaryAccounts"]!["urn:ietf:params:jmap:mail"]!.GetValue<string>();
        var (read, position) = (0, 0);
        while (true)
        {
            var request = $$"""
                {"using":["urn:ietf:params:jmap:core","urn:ietf:params:jmap:mail"],"methodCalls":[["Email/query",{"accountId":"{{account}}","position":{{position}},"limit":100,"sort":[{"property":"receivedAt"}]},"q"],
                 ["Email/get",{"accountId":"{{account}}","#ids":{"resultOf":"q","name":"Email/query","path":"/ids"},"fetchAllBodyValues":true,
                   "properties":["from","to","cc","subject","sentAt","messageId","inReplyTo","references","bodyValues","textBody","htmlBody","attachments","bodyStructure","headers","preview",
                     "header:From:asAddresses","header:To:asAddresses","header:Cc:asAddresses","header:Subject:asText","header:Date:asDate","header:In-Reply-To:asMessageIds"]},"e"]]}
                """;
            using var answer = await client.PostAsync("/jmap/api", new StringContent(request, Encoding.UTF8, "application/json"), Cancellation);
            var list = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["methodResponses"]![1]![1]!["list"]!.AsArray();
            foreach (var email in list)
            {
                var repeated = email!["headers"]!.AsArray().Select(h => h!["name"]!.GetValue<string>().ToLowerInvariant()).GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
                // After a line that is no field, readers differ in whether there is a header at all.
                if (email["headers"]!.AsArray().Any(h => h!["name"]!.GetValue<string>().Contains(' ', StringComparison.Ordinal)))
                    continue;
                foreach (var (property, header) in new[] { ("from", "From:asAddresses"), ("to", "To:asAddresses"), ("cc", "Cc:asAddresses"), ("subject", "Subject:asText"), ("sentAt", "Date:asDate"), ("inReplyTo", "In-Reply-To:asMessageIds") })
                {
                    // Of a repeated field, which is none of RFC 5322's, the two readings take different ones.
                    if (!repeated.Contains(header.Split(':')[0].ToLowerInvariant()))
                        Assert.True(Same(email[property], email[$"header:{header}"]), $"{email["id"]} {property}: {email[property]?.ToJsonString()} | {email[$"header:{header}"]?.ToJsonString()}");
                }
                Assert.NotNull(email["bodyStructure"]);
            }
            read += list.Count;
            position += 100;
            if (list.Count < 100)
                break;
        }
        Assert.True(read > 200, $"{read} read");
    }

    // Null of what the other reader does not take for a message at all.
    private static async Task<MimeMessage?> LoadAsync(byte[] bytes)
    {
        try
        {
            using var file = new MemoryStream(bytes);
            return await MimeMessage.LoadAsync(file, Cancellation);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // An empty list of addresses is told as none.
    private static bool Same(JsonNode? one, JsonNode? other) => (one?.ToJsonString() ?? "[]") == (other?.ToJsonString() ?? "[]");

    private static async Task FillAsync(RunningServer server, string login, IEnumerable<byte[]> messages)
    {
        var who = (await server.Store.Accounts.FindPrincipalAsync(login, Cancellation))!.Id;
        var inbox = (await server.Store.Mailboxes.FindAsync(who, "INBOX", Cancellation)).Value.Mailbox.Id;
        foreach (var bytes in messages)
        {
            await using var writer = server.Store.Contents.Create();
            await writer.WriteAsync(bytes, Cancellation);
            await using var content = await writer.FinishAsync(default, Cancellation);
            await server.Store.Messages.AppendAsync(who, inbox, [new(content, default, [], null)], null, Cancellation);
        }
    }

    private static bool IsPlain(MimeMessage message) => message.Headers.All(h => System.Text.Ascii.IsValid(h.RawValue) && !new[] { "viscii", "tcvn", "vni", "utf-7", "1258" }.Any(c => h.Value.Contains(c, StringComparison.OrdinalIgnoreCase)
        || Encoding.Latin1.GetString(h.RawValue).Contains(c, StringComparison.OrdinalIgnoreCase)));

    private static string Line(string? text) => string.Join(' ', (text ?? "").Normalize().Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static string Addresses(InternetAddressList list) => string.Join(", ", list.Mailboxes.Select(m => $"{Line(m.Name)} <{m.Address.Replace("@MISSING_DOMAIN", "", StringComparison.Ordinal)}>"));

    private static string WithoutInner(string shape)
    {
        for (var end = shape.IndexOf(']', StringComparison.Ordinal); end >= 0; end = shape.IndexOf(']', StringComparison.Ordinal))
            shape = shape.Remove(shape.LastIndexOf('[', end), end + 1 - shape.LastIndexOf('[', end));
        return shape;
    }

    private static string Shape(MimeEntity? entity) => entity switch
    {
        null => "text/plain",
        // The grammar knows no multipart without parts.
        Multipart { Count: 0 } => $"{entity.ContentType.MimeType.ToLowerInvariant()}(text/plain)",
        Multipart multipart => $"{entity.ContentType.MimeType.ToLowerInvariant()}({string.Join(' ', multipart.Select(Shape))})",
        MessagePart { ContentType.MediaType: not "message" } => entity.ContentType.MimeType.ToLowerInvariant(),
        MessagePart { Message: { } inner } => $"message/rfc822[{Shape(inner.Body)}]",
        _ => entity.ContentType.MimeType.ToLowerInvariant(),
    };

    private static string Shape(BodyPart part) => part switch
    {
        BodyPartMultipart multipart => $"{part.ContentType.MimeType.ToLowerInvariant()}({string.Join(' ', multipart.BodyParts.Select(Shape))})",
        BodyPartMessage { Body: { } inner } => $"message/rfc822[{Shape(inner)}]",
        _ => part.ContentType.MimeType.ToLowerInvariant(),
    };
}
