using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using CongVu.Formats.Tests.Signatures;
using CongVu.Server.Configuration;

namespace CongVu.EndToEnd;

/// <summary>By whom an attachment is signed, asked as the webmail asks it.</summary>
public sealed class DocumentSignatureTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_holder_learns_who_signed_an_attachment_and_another_does_not()
    {
        var roots = Path.GetTempFileName();
        await File.WriteAllTextAsync(roots, Person.Authority.ExportCertificatePem(), Cancellation);
        await using var server = await RunningServer.StartAsync(Cancellation, new KeyValuePair<string, string>("signatures.authorities", roots));
        using var an = Client(server, await server.PersonAsync("an", Cancellation));
        using var binh = Client(server, await server.PersonAsync("binh", Cancellation));
        var account = (await an.GetFromJsonAsync<JsonNode>("/jmap/session", Cancellation))!["primaryAccounts"]!["urn:ietf:params:jmap:mail"]!.GetValue<string>();

        var message = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + Convert.ToBase64String(SignedPdf.Sign(Person.An), Base64FormattingOptions.InsertLineBreaks) + "\r\n--b--\r\n";
        var blob = await UploadAsync(an, account, Encoding.ASCII.GetBytes(message));
        var signature = Assert.Single((await an.GetFromJsonAsync<JsonArray>($"/api/signatures/{account}/{blob}-2", Cancellation))!)!;
        Assert.Equal("Nguyễn Văn An", signature["signer"]!.GetValue<string>());
        Assert.Empty(signature["doubts"]!.AsArray());

        blob = await UploadAsync(an, account, [.. SignedPdf.Sign(Person.SignedByItself("CN=X")), .. "more"u8]);
        Assert.Equal("[\"partial\",\"untrusted\"]", (await an.GetFromJsonAsync<JsonArray>($"/api/signatures/{account}/{blob}", Cancellation))![0]!["doubts"]!.ToJsonString());
        Assert.Equal(HttpStatusCode.NotFound, (await binh.GetAsync($"/api/signatures/{account}/{blob}", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await an.GetAsync($"/api/signatures/{account}/U999", Cancellation)).StatusCode);
        Assert.Equal("[]", await an.GetStringAsync($"/api/signatures/{account}/{await UploadAsync(an, account, "text"u8.ToArray())}", Cancellation));
        File.Delete(roots);
    }

    private static async Task<string> UploadAsync(HttpClient client, string account, byte[] bytes)
    {
        using var answer = await client.PostAsync($"/jmap/upload/{account}/", new ByteArrayContent(bytes), Cancellation);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["blobId"]!.GetValue<string>();
    }

    private static HttpClient Client(RunningServer server, string login)
    {
        var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{server.Port(ListenerKind.Http)}") };
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login}:{RunningServer.Password}")));
        return client;
    }
}
