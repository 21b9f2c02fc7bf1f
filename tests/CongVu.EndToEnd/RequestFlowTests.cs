using System.Text.Json;
using CongVu.Governance;
using CongVu.Governance.Authorities;
using CongVu.Governance.Documents;
using CongVu.Mail.Store;
using CongVu.Server.Configuration;
using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace CongVu.EndToEnd;

/// <summary>A request as an office sends it and an operator handles it: by mail with a filled form, by the command line, answered into the organization's mailbox (A6).</summary>
public sealed class RequestFlowTests
{
    [Fact]
    public async Task A_request_by_mail_is_fulfilled_and_answered()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await RunningServer.StartAsync(cancellation, new KeyValuePair<string, string>("domains", "daknong.gov.vn"));
        var store = new GovernanceStore(server.Store, TimeProvider.System);
        var clerk = new Actor("cli:test");

        // 1. A department with its liaison, who keeps its mailbox too.
        var department = (await store.Organizations.AddAsync(clerk, new("Sở Tư pháp", null, null), cancellation)).Value;
        var liaison = (await store.People.AddAsync(clerk, new("CB01", "Phạm Thị Thu"), new(department.Id), cancellation)).Value;
        var hash = PasswordHash.Create(RunningServer.Password);
        var made = await store.ChangeAsync(
            async tx =>
            {
                var mailbox = await store.People.AddMailboxAsync(tx, clerk, liaison.Id, hash);
                await store.Organizations.AddMailboxAsync(tx, clerk, department.Id);
                await store.Duties.NameAsync(tx, clerk, department.Id, liaison.Id, Duty.Custodian);
                await store.Duties.NameAsync(tx, clerk, department.Id, liaison.Id, Duty.Liaison);
                return mailbox;
            },
            cancellation);
        var principal = (await server.Store.Accounts.FindPrincipalAsync(made.Value.Account.PrimaryAddress, cancellation))!;
        await server.Store.Accounts.SetPasswordAsync(principal.Id, RunningServer.Password, mustChange: false, "test", cancellation);
        await server.Store.Accounts.AddOrganizationAsync(new("ttcntt.stttt@daknong.gov.vn", "Trung tâm CNTT&TT"), "test", cancellation);
        var acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = server.Store.Changes.Subscribe(made.Value.Account.Id, _ => acknowledged.TrySetResult());

        // 2. The form, filled and sent from a mail program.
        await server.CommandAsync(cancellation, "request", "list");
        var form = DocumentWriter.Write(FormWriter.Document(FormKind.NewMailboxes, new()
        {
            Organization = "Sở Tư pháp", Number = "07/STP-VP", Requester = "Phạm Thị Thu",
            People = [new Dictionary<FormField, string> { [FormField.PersonName] = "Nguyễn Thị Hoa", [FormField.Position] = "Chuyên viên", [FormField.Unit] = "Văn phòng", [FormField.Phone] = "0905123456" }],
        }));
        using (var message = new MimeMessage { Subject = "V/v đề nghị cấp hộp thư điện tử công vụ" })
        {
            message.From.Add(MailboxAddress.Parse(principal.Login));
            message.To.Add(MailboxAddress.Parse("ttcntt.stttt@daknong.gov.vn"));
            message.Body = new Multipart("mixed") { new TextPart("plain") { Text = "Kính gửi." }, new MimePart("application", "octet-stream") { FileName = "de-nghi.docx", Content = new MimeContent(new MemoryStream(form)), ContentTransferEncoding = ContentEncoding.Base64, ContentDisposition = new("attachment") } };
            using var smtp = new SmtpClient { ServerCertificateValidationCallback = (_, certificate, _, _) => server.IsOwn(certificate) };
            await smtp.ConnectAsync("127.0.0.1", server.Port(ListenerKind.Submissions), SecureSocketOptions.SslOnConnect, cancellation);
            await smtp.AuthenticateAsync(principal.Login, RunningServer.Password, cancellation);
            await smtp.SendAsync(message, cancellation);
            await smtp.DisconnectAsync(quit: true, cancellation);
        }
        await acknowledged.Task.WaitAsync(TimeSpan.FromMinutes(2), cancellation);

        // 3. The operator's work.
        using var list = JsonDocument.Parse(await server.CommandAsync(cancellation, "request", "list", "--json"));
        var reference = Assert.Single(list.RootElement.EnumerateArray()).GetProperty("reference").GetString()!;
        await server.CommandAsync(cancellation, "request", "fulfil", reference);
        await server.CommandAsync(cancellation, "request", "answer", reference, "--sign", "Nguyễn Văn Bình", "--title", "Phó Giám đốc", "--send");
        Assert.NotNull(await server.Store.Accounts.FindAsync("hoant.stp@daknong.gov.vn", cancellation));

        // 4. The answer in the department's mailbox, as its custodian reads it.
        using var imap = new ImapClient { ServerCertificateValidationCallback = (_, certificate, _, _) => server.IsOwn(certificate) };
        await imap.ConnectAsync("127.0.0.1", server.Port(ListenerKind.Imaps), SecureSocketOptions.SslOnConnect, cancellation);
        await imap.AuthenticateAsync(principal.Login, RunningServer.Password, cancellation);
        var inbox = await imap.GetFolderAsync("Shared/stp@daknong.gov.vn/INBOX", cancellation);
        await inbox.OpenAsync(MailKit.FolderAccess.ReadOnly, cancellation);
        using var answer = await inbox.GetMessageAsync(0, cancellation);
        Assert.Contains(reference, answer.Subject, StringComparison.Ordinal);
        Assert.NotEmpty(answer.Attachments);
        await imap.DisconnectAsync(quit: true, cancellation);
    }
}
