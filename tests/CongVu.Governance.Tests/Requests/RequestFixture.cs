using System.Text;
using CongVu.Governance.Authorities;
using CongVu.Governance.Documents;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Governance.Requests;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;
using MimeKit;

namespace CongVu.Governance.Tests.Requests;

/// <summary>The provincial committee, a department with its centre, and those who write and read for them.</summary>
public abstract class RequestFixture(Backend backend) : GovernanceFixture(backend)
{
    protected const string Host = "mail.daknong.gov.vn";

    protected Organization Province { get; private set; } = null!;

    protected Organization Department { get; private set; } = null!;

    protected Organization Centre { get; private set; } = null!;

    protected Organization Other { get; private set; } = null!;

    /// <summary>The department's liaison and custodian.</summary>
    protected Person Liaison { get; private set; } = null!;

    protected async Task ArrangeAsync()
    {
        Province = await OrganizationAsync("Ủy ban nhân dân tỉnh Đắk Nông");
        Department = await OrganizationAsync("Sở Tư pháp", Province);
        Centre = await OrganizationAsync("Trung tâm Trợ giúp pháp lý", Department);
        Other = await OrganizationAsync("Sở Y tế", Province);
        Liaison = await HolderAsync("Phạm Thị Thu", Department);
        var clerk = await HolderAsync("Lê Văn Chánh", Province);
        Assert.Null((await ChangeAsync(tx => Store.Duties.NameAsync(tx, Clerk, Department.Id, Liaison.Id, Duty.Liaison))).Problem);
        Assert.Null((await ChangeAsync(tx => Store.Duties.NameAsync(tx, Clerk, Department.Id, Liaison.Id, Duty.Custodian))).Problem);
        Assert.Null((await ChangeAsync(tx => Store.Duties.NameAsync(tx, Clerk, Province.Id, clerk.Id, Duty.Custodian))).Problem);
        Assert.Null((await ChangeAsync(tx => Store.Organizations.AddMailboxAsync(tx, Clerk, Department.Id))).Problem);
        Assert.Null((await ChangeAsync(tx => Store.Organizations.AddMailboxAsync(tx, Clerk, Province.Id))).Problem);
        Department = (await Store.Organizations.FindAsync(Department.Id, Cancellation))!;
        Province = (await Store.Organizations.FindAsync(Province.Id, Cancellation))!;
    }

    protected static FormReading Form(string list)
    {
        var read = FormReader.Read(Encoding.UTF8.GetBytes(list));
        Assert.DoesNotContain(read.Problems, p => p.IsBlocking);
        return read;
    }

    protected async Task<Request> AddAsync(FormReading? form, Organization? organization = null, string number = "12/STP-VP", DateOnly? receivedOn = null) => (await Store.Requests.AddAsync(
        Clerk,
        new() { Organization = (organization ?? Department).Id, Channel = RequestChannel.DocumentSystem, Number = number, DocumentDate = receivedOn ?? Store.Today, ReceivedOn = receivedOn ?? Store.Today, Form = form },
        [],
        Cancellation)).Value.Request;

    protected async Task<FulfilResult> FulfilAsync(Request request)
    {
        var result = await Store.Requests.FulfilAsync(Clerk, request.Id, retry: false, null, Cancellation);
        Assert.Null(result.Problem);
        return result.Value;
    }

    protected async Task<RequestFile> OpenAsync(RequestId id) => (await Store.Requests.OpenAsync(Clerk, id, Cancellation)).Value;

    /// <summary>What lies in a mailbox's INBOX, whole.</summary>
    protected async Task<List<MimeMessage>> InboxAsync(AccountId account)
    {
        var inbox = new MailboxId(await ReadAsync(tx => tx.ScalarAsync<long>("SELECT id FROM mailboxes WHERE account_id = $1 AND path = 'INBOX'", account.Value)));
        var messages = new List<MimeMessage>();
        foreach (var entry in await Mail.Messages.ReadAsync(inbox, new(1), new(uint.MaxValue), EntryColumns.Message, 1_000, Cancellation))
        {
            await using var reader = await Mail.Messages.OpenContentAsync(entry, Cancellation);
            var bytes = new byte[reader.Length];
            for (var at = 0; at < bytes.Length;)
                at += await reader.ReadAsync(at, bytes.AsMemory(at), Cancellation);
            messages.Add(await MimeMessage.LoadAsync(new MemoryStream(bytes), Cancellation));
        }
        return messages;
    }
}
