using System.Text;
using CongVu.Governance.Documents;
using CongVu.Governance.Requests;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;
using Microsoft.Extensions.Logging.Abstractions;
using MimeKit;

namespace CongVu.Governance.Tests.Requests;

public abstract class IntakeReaderTests(Backend backend) : RequestFixture(backend)
{
    private const string SignedIn = $"Received: from [10.0.0.1] ([10.0.0.1])\r\n\tby {Host} with ESMTPSA id 1;\r\n\tMon, 2 Mar 2026 08:00:00 +0700\r\n";
    private const string Outside = $"Received: from relay ([203.0.113.1])\r\n\tby {Host} with ESMTPS id 1;\r\n\tMon, 2 Mar 2026 08:00:00 +0700\r\n";

    private AccountId intake;

    public sealed class OnSqlite() : IntakeReaderTests(Backend.Sqlite);

    public sealed class OnPostgres() : IntakeReaderTests(Backend.Postgres);

    [Fact]
    public async Task A_form_from_who_signed_in_becomes_a_request_and_is_acknowledged()
    {
        var reader = await OpenAsync();
        await SendAsync(Message(Liaison.Address!, "V/v đề nghị cấp hộp thư", ("de-nghi.docx", DocumentWriter.Write(FormWriter.Document(FormKind.NewMailboxes, Filled)))), SignedIn);
        Assert.Equal(1, await reader.LookAsync(Cancellation));
        var request = Assert.Single(await Store.Requests.ListAsync(Clerk, true, null, null, 10, Cancellation));
        Assert.Equal(
            (Department.Id, RequestKind.NewPersonalMailboxes, RequestState.Received, RequestChannel.Mail, "07/STP-VP", 2), (request.Organization!.Value, request.Kind, request.State, request.Channel, request.Number, request.Rows.Waiting));
        Assert.Single((await OpenAsync(request.Id)).Documents);
        var reply = Assert.Single(await InboxAsync(Liaison.Account!.Value));
        Assert.Contains(request.Reference, reply.Subject, StringComparison.Ordinal);
        Assert.Contains("05/03/2026", reply.TextBody, StringComparison.Ordinal);

        // A reader that is begun anew finds nothing new; nor does one that is told twice.
        Assert.Equal(0, await NewReader().LookAsync(Cancellation));
        Assert.Single(await InboxAsync(intake));
    }

    [Fact]
    public async Task Whoever_is_not_known_is_no_organization()
    {
        var reader = await OpenAsync();
        var form = ("ds.csv", Encoding.UTF8.GetBytes("Đề nghị cấp mới hộp thư\nHọ và tên,Chức vụ\nNguyễn Thị Hoa,CV"));
        // Fields that a sender writes stand below ours.
        await SendAsync(SignedIn + Message(Liaison.Address!, "Giả mạo", form), Outside);
        await SendAsync($"Authentication-Results: {Host}; dmarc=pass header.from=daknong.gov.vn\r\n" + Message(Liaison.Address!, "Giả mạo 2", form), Outside);
        await SendAsync(Message(Liaison.Address!, "Giả mạo 3", form), $"Authentication-Results: {Host};\r\n\tdmarc=fail header.from=daknong.gov.vn\r\n" + Outside);
        await SendAsync(Message(Liaison.Address!, "Thật", form), $"Authentication-Results: {Host};\r\n\tspf=pass smtp.mailfrom=x@daknong.gov.vn;\r\n\tdmarc=pass header.from=daknong.gov.vn\r\n" + Outside);
        Assert.Equal(4, await reader.LookAsync(Cancellation));
        var requests = await Store.Requests.ListAsync(Clerk, true, null, null, 10, Cancellation);
        Assert.Equal([null, null, null, Department.Id], requests.OrderBy(r => r.Id.Value).Select(r => r.Organization));
        // Nobody unknown is written to.
        Assert.Single(await InboxAsync(Liaison.Account!.Value));
    }

    [Fact]
    public async Task Programs_bounces_and_ordinary_mail_stay_mail()
    {
        var reader = await OpenAsync();
        await SendAsync(Message(Liaison.Address!, "Thư mời họp", ("chuong-trinh.docx", DocumentWriter.Write(Letters.RemovalNotice(new(), new(1, null), "X", [], default, "")))), SignedIn);
        await SendAsync(Message(Liaison.Address!, "Hỏi về hộp thư"), SignedIn);
        await SendAsync("Auto-Submitted: auto-replied\r\n" + Message(Liaison.Address!, "Đề nghị cấp hộp thư"), SignedIn);
        await SendAsync("Precedence: bulk\r\n" + Message(Liaison.Address!, "Đề nghị cấp hộp thư"), SignedIn);
        await SendAsync(Message(Liaison.Address!, "Đề nghị cấp hộp thư: không gửi được"), SignedIn, sender: "");
        Assert.Equal(0, await reader.LookAsync(Cancellation));
        Assert.Empty(await Store.Requests.ListAsync(Clerk, false, null, null, 10, Cancellation));
        Assert.Equal(5, (await InboxAsync(intake)).Count);
    }

    [Fact]
    public async Task A_scan_opens_a_request_and_a_reply_with_the_list_completes_it()
    {
        var reader = await OpenAsync();
        await SendAsync(Message(Liaison.Address!, "Đề nghị cấp hộp thư công vụ", ("scan.pdf", "%PDF-1.7 …"u8.ToArray())), SignedIn);
        Assert.Equal(1, await reader.LookAsync(Cancellation));
        var request = Assert.Single(await Store.Requests.ListAsync(Clerk, true, null, null, 10, Cancellation));
        Assert.Equal((RequestKind.Unclear, 0), (request.Kind, request.Rows.All));
        Assert.True((await Store.Requests.AskSupplementAsync(Clerk, request.Id, "Đề nghị gửi danh sách", Cancellation)).Ok);
        var first = Assert.Single(await InboxAsync(Liaison.Account!.Value));

        Clock.Now = Clock.Now.AddDays(1);
        // Another's reply is kept beside it and changes nothing.
        var stranger = await HolderAsync("Trần Văn An", Other);
        await SendAsync(Message(stranger.Address!, $"Re: {request.Reference}", ("ds.csv", List)), SignedIn);
        Assert.Equal(1, await reader.LookAsync(Cancellation));
        Assert.Equal(RequestState.AwaitingSupplement, (await OpenAsync(request.Id)).Request.State);

        await SendAsync($"In-Reply-To: <{first.MessageId}>\r\n" + Message(Liaison.Address!, "Gửi danh sách", ("ds.csv", List)), SignedIn);
        Assert.Equal(1, await reader.LookAsync(Cancellation));
        var complete = (await OpenAsync(request.Id)).Request;
        Assert.Equal((RequestState.Received, RequestKind.NewPersonalMailboxes, 1, new DateOnly(2026, 3, 2), new DateOnly(2026, 3, 3)), (complete.State, complete.Kind, complete.Rows.Waiting, complete.ReceivedOn, complete.CompleteOn));
        Assert.Single(await Store.Requests.ListAsync(Clerk, false, null, null, 10, Cancellation));
    }

    [Fact]
    public async Task Mail_to_both_intake_addresses_is_one_request_and_the_printed_slip_arrives()
    {
        var reader = await OpenAsync();
        await reader.LookAsync(Cancellation);
        Assert.Equal(intake, (await Mail.Accounts.LookupAsync("ttcentt.sttt@daknong.gov.vn", Cancellation)).Account);
        var message = Message(Liaison.Address!, "Đề nghị cấp hộp thư", ("ds.csv", List));
        await SendAsync(message, SignedIn);
        await SendAsync(message, SignedIn, to: second);
        Assert.Equal(1, await reader.LookAsync(Cancellation));
        Assert.Single(await Store.Requests.ListAsync(Clerk, false, null, null, 10, Cancellation));
    }

    private AccountId second;

    private static byte[] List => Encoding.UTF8.GetBytes("Đề nghị cấp mới hộp thư\nHọ và tên,Chức vụ\nNguyễn Thị Hoa,CV");

    private FormFill Filled => new()
    {
        Organization = Department.Name, Number = "07/STP-VP", Date = Store.Today, Requester = "Phạm Thị Thu", Position = "Văn thư", Phone = "0905000111",
        People =
        [
            new Dictionary<FormField, string> { [FormField.PersonName] = "Nguyễn Thị Hoa", [FormField.Position] = "Chuyên viên", [FormField.Unit] = "Văn phòng", [FormField.Phone] = "0905123456" },
            new Dictionary<FormField, string> { [FormField.PersonName] = "Y Thanh", [FormField.Position] = "Chuyên viên", [FormField.Unit] = "Văn phòng", [FormField.Phone] = "0905123457" },
        ],
    };

    private async Task<IntakeReader> OpenAsync()
    {
        await ArrangeAsync();
        intake = (await Mail.Accounts.AddOrganizationAsync(new("ttcntt.stttt@daknong.gov.vn", "Trung tâm CNTT&TT"), "test", Cancellation)).Value.Id;
        second = (await Mail.Accounts.AddOrganizationAsync(new("stttt@daknong.gov.vn", "Sở TTTT"), "test", Cancellation)).Value.Id;
        var reader = NewReader();
        Assert.Equal(0, await reader.LookAsync(Cancellation));
        return reader;
    }

    private IntakeReader NewReader() => new(Store, Host, NullLogger<IntakeReader>.Instance);

    private static string Message(string from, string subject, params (string Name, byte[] Bytes)[] files)
    {
        using var message = new MimeMessage { Subject = subject, MessageId = $"{Guid.NewGuid():N}@test" };
        message.From.Add(MailboxAddress.Parse(from));
        message.To.Add(MailboxAddress.Parse("ttcntt.stttt@daknong.gov.vn"));
        var body = new Multipart("mixed") { new TextPart("plain") { Text = "Kính gửi Trung tâm." } };
        foreach (var (name, bytes) in files)
            body.Add(new MimePart("application", "octet-stream") { FileName = name, Content = new MimeContent(new MemoryStream(bytes)), ContentTransferEncoding = ContentEncoding.Base64, ContentDisposition = new("attachment") });
        message.Body = body;
        using var written = new MemoryStream();
        message.WriteTo(new FormatOptions { NewLineFormat = NewLineFormat.Dos }, written);
        return Encoding.ASCII.GetString(written.ToArray());
    }

    private async Task SendAsync(string message, string top, string sender = "x@daknong.gov.vn", AccountId? to = null)
    {
        await using var writer = Mail.Contents.Create();
        await writer.WriteAsync(Encoding.ASCII.GetBytes(message), Cancellation);
        await using var content = await writer.FinishAsync(Encoding.ASCII.GetBytes(top), Cancellation);
        await Mail.Deliveries.DeliverAsync(new() { Sender = sender, Local = [new(to ?? intake, "ttcntt.stttt@daknong.gov.vn")] }, content, Cancellation);
    }
}
