using System.Text;
using CongVu.Mail.Delivery;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace CongVu.Mail.Tests.Outbound;

public sealed class SqliteVacationTests() : VacationTests(Backend.Sqlite);

public sealed class PostgresVacationTests() : VacationTests(Backend.Postgres);

/// <summary>RFC 3834: who is answered while a holder is away, and who never.</summary>
public abstract class VacationTests(Backend backend) : StoreFixture(backend)
{
    private AccountId an;
    private PrincipalId binh;

    [Fact]
    public async Task A_person_is_answered_once_a_week()
    {
        await AwayAsync();
        Assert.True(await AnswerAsync("Subject: Hỏi\nMessage-ID: <1@example.vn>\n"));
        Assert.False(await AnswerAsync("Subject: Hỏi lại\n"));
        Clock.Now += TimeSpan.FromDays(8);
        Assert.True(await AnswerAsync("Subject: Hỏi nữa\n"));
        var answers = await EntriesAsync((await MailboxAsync(binh, "INBOX")).Id, EntryColumns.Message);
        Assert.Equal(2, answers.Count);
        await using var reader = await Store.Messages.OpenContentAsync(answers[0], Cancellation);
        using var text = new StreamReader(reader.AsStream(), Encoding.UTF8);
        var raw = await text.ReadToEndAsync(Cancellation);
        Assert.StartsWith("Return-Path: <>\r\n", raw, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-replied\r\n", raw, StringComparison.Ordinal);
        Assert.Contains("In-Reply-To: <1@example.vn>\r\n", raw, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Auto-Submitted: auto-generated\n")]
    [InlineData("Precedence: bulk\n")]
    [InlineData("List-Id: <ds.example.vn>\n")]
    [InlineData("X-Auto-Response-Suppress: All\n")]
    public async Task Programs_are_not_answered(string header)
    {
        await AwayAsync();
        Assert.False(await AnswerAsync(header));
    }

    [Fact]
    public async Task Who_did_not_write_to_the_holder_is_not_answered()
    {
        await AwayAsync();
        Assert.False(await AnswerAsync("", to: "moi-nguoi@example.vn"));
        Assert.False(await AnswerAsync("", sender: ""));
        Assert.False(await AnswerAsync("", sender: "MAILER-DAEMON@example.vn"));
        Assert.False(await AnswerAsync("", sender: "khong-co@example.vn"));
        Assert.Empty(await EntriesAsync((await MailboxAsync(binh, "INBOX")).Id));
    }

    [Fact]
    public async Task Outside_of_its_dates_nothing_is_answered()
    {
        await AwayAsync();
        await Store.Vacations.PutAsync(an, new() { IsEnabled = true, From = Clock.Now.AddHours(1), To = Clock.Now.AddHours(2) }, Cancellation);
        Assert.False(await AnswerAsync(""));
        Clock.Now += TimeSpan.FromHours(1);
        Assert.True(await AnswerAsync(""));
        Clock.Now += TimeSpan.FromHours(1);
        await Store.Vacations.PutAsync(an, new() { IsEnabled = false }, Cancellation);
        Assert.False(await AnswerAsync(""));
    }

    private async Task AwayAsync()
    {
        (_, an) = await PersonAsync("an");
        (binh, _) = await PersonAsync("binh");
        await Store.Vacations.PutAsync(an, new() { IsEnabled = true, TextBody = "Tôi đi công tác." }, Cancellation);
    }

    private async Task<bool> AnswerAsync(string header, string sender = "binh@example.vn", string to = "an@example.vn")
    {
        await using var content = await StageAsync($"From: binh@example.vn\nTo: {to}\n{header}\nNội dung.\n");
        var receipt = await Store.Deliveries.DeliverAsync(new() { Sender = sender, Local = [new(an, "an@example.vn")] }, content, Cancellation);
        var responder = new VacationResponder(Store, new MailPath(Store, new()), "mail.example.vn", Clock, NullLogger<VacationResponder>.Instance);
        return await responder.AnswerAsync(new(an, "an@example.vn"), sender, receipt.Content, Cancellation)
            && (await EntriesAsync((await MailboxAsync(binh, "INBOX")).Id)).Count > 0;
    }
}
