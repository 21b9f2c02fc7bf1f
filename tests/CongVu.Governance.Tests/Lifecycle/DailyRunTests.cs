using System.Text;
using CongVu.Governance.Authorities;
using CongVu.Governance.Lifecycle;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;

namespace CongVu.Governance.Tests.Lifecycle;

public sealed class SqliteDailyRunTests() : DailyRunTests(Backend.Sqlite);

public sealed class PostgresDailyRunTests() : DailyRunTests(Backend.Postgres);

/// <summary>The life of mailboxes day by day (A8).</summary>
public abstract class DailyRunTests(Backend backend) : GovernanceFixture(backend)
{
    private Organization department = null!;
    private Person hoa = null!;

    // Go-live on Monday 2 March 2026: three months end on Tuesday 2 June, so Wednesday 3 June is the day of the proposal.
    private async Task StartAsync()
    {
        department = await OrganizationAsync("Sở Thông tin và Truyền thông");
        Assert.Null((await ChangeAsync(tx => Store.Organizations.AddMailboxAsync(tx, Clerk, department.Id))).Problem);
        department = (await Store.Organizations.FindAsync(department.Id, Cancellation))!;
        hoa = await HolderAsync("Nguyễn Thị Hoa", department);
        await OnAsync("2026-03-02");
    }

    [Fact]
    public async Task A_mailbox_without_a_sign_in_is_warned_proposed_suspended_and_removed_each_on_its_day()
    {
        await StartAsync();
        await DeliverAsync(hoa.Account!.Value, "Thư trước");
        await KeepInUseAsync("2026-05-01");

        // Warned 14 and 3 days before the last day; 19 May is a Tuesday, 30 May a Saturday, so it is told on Friday 29 May.
        await QuietAsync("2026-05-18");
        Assert.Equal(1, (await OnAsync("2026-05-19")).Warnings);
        Assert.Contains("Hộp thư hoant.stttt@daknong.gov.vn sẽ bị tạm khóa nếu không đăng nhập đến hết ngày 02/06/2026", await SubjectsAsync(hoa.Account.Value));
        await QuietAsync("2026-05-20", "2026-05-28");
        Assert.Equal(1, (await OnAsync("2026-05-29")).Warnings);
        await KeepInUseAsync("2026-05-29");
        await QuietAsync("2026-05-30", "2026-06-01", "2026-06-02");

        // Proposed on the working day after the last one; nothing is done before it is approved, and it is proposed once.
        Assert.Equal(1, (await OnAsync("2026-06-03")).Proposed);
        await QuietAsync("2026-06-03", "2026-06-04");
        var batch = Assert.Single(await Store.Lifecycle.BatchesAsync(all: false, Cancellation));
        Assert.Equal((LifeStep.Suspended, BatchState.Proposed, 1, false), (batch.Step, batch.State, batch.Mailboxes, batch.IsStopped));
        Assert.Equal(new DateOnly(2026, 6, 2), Assert.Single(await Store.Lifecycle.ItemsAsync(batch.Id, Cancellation)).DueOn);
        Assert.True((await Store.Lifecycle.ApproveAsync(Clerk, batch.Id, null, Cancellation)).Ok);

        // Approved on Thursday, carried out on Friday. Mail goes on arriving.
        Assert.Equal(1, (await OnAsync("2026-06-05")).Suspended);
        await QuietAsync("2026-06-05");
        Assert.Equal(AccountState.Suspended, (await Mail.Accounts.FindAsync(hoa.Account.Value, Cancellation))!.State);
        Assert.Contains("1 hộp thư bị tạm khóa từ ngày 05/06/2026", await SubjectsAsync(department.Account!.Value));
        Assert.Contains("hết ngày 26/06/2026", await LastTextAsync(department.Account.Value), StringComparison.Ordinal);
        await DeliverAsync(hoa.Account.Value, "Thư khi tạm khóa");

        // 15 working days after Friday 5 June end on Friday 26 June; warned 5 and 1 working days before; removal is proposed on Monday 29 June.
        await QuietAsync("2026-06-18");
        Assert.Equal(1, (await OnAsync("2026-06-19")).Warnings);
        Assert.Equal(1, (await OnAsync("2026-06-25")).Warnings);
        await QuietAsync("2026-06-26", "2026-06-27", "2026-06-28");
        Assert.Equal(1, (await OnAsync("2026-06-29")).Proposed);
        var removal = Assert.Single(await Store.Lifecycle.BatchesAsync(all: false, Cancellation));
        Assert.Equal(LifeStep.Removed, removal.Step);
        Assert.True((await Store.Lifecycle.ApproveAsync(Clerk, removal.Id, null, Cancellation)).Ok);
        var day = await OnAsync("2026-06-30");
        Assert.Equal(1, day.Removed);
        var record = Assert.Single(await Store.Lifecycle.RemovalsAsync(Cancellation));
        Assert.Equal(("hoant.stttt@daknong.gov.vn", LifeReason.Idle, new DateOnly(2026, 6, 5), "cli:test"), (record.Address, record.Reason, record.NotifiedOn!.Value, record.ApprovedBy));
        Assert.True(record.Messages >= 4);
        Assert.False(record.IsErased);
        await Mail.Erasure.RunAsync(Cancellation);
        Assert.True((await Store.Lifecycle.RemovalsAsync(Cancellation))[0].IsErased);
        Assert.Equal(["suspend", "remove"], (await Store.Lifecycle.HistoryAsync(hoa.Account.Value, Cancellation)).Select(e => e.What));
        Assert.True(await ReadAsync(tx => Governance.Addresses.AddressStore.IsTakenAsync(tx, "hoant.stttt@daknong.gov.vn")));
        Assert.Equal(ProblemKind.WrongState, (await Store.Lifecycle.ReopenAsync(Clerk, hoa.Account.Value, "đề nghị", "1/CV", Cancellation)).Problem!.Kind);
    }

    [Fact]
    public async Task Whoever_signs_in_after_the_proposal_keeps_the_mailbox()
    {
        await StartAsync();
        await KeepInUseAsync("2026-06-01");
        Assert.Equal(1, (await OnAsync("2026-06-03")).Proposed);
        var batch = (await Store.Lifecycle.BatchesAsync(all: false, Cancellation))[0];
        await Store.Lifecycle.ApproveAsync(Clerk, batch.Id, null, Cancellation);
        await SeenAsync(hoa);
        var next = await OnAsync("2026-06-04");
        Assert.Equal((0, 1), (next.Suspended, next.Dropped));
        Assert.Equal("used", Assert.Single(await Store.Lifecycle.ItemsAsync(batch.Id, Cancellation)).Outcome);
        Assert.Equal(BatchState.Done, Assert.Single(await Store.Lifecycle.BatchesAsync(all: true, Cancellation)).State);
    }

    [Fact]
    public async Task A_hold_and_a_leave_block_it_and_the_clock_starts_anew_when_they_end()
    {
        await StartAsync();
        await KeepInUseAsync("2026-05-01");
        Assert.Equal(ProblemKind.Missing, (await Store.Lifecycle.HoldAsync(Clerk, hoa.Account!.Value, HoldKind.Leave, "Nghỉ thai sản", "", Store.Today, null, Cancellation)).Problem!.Kind);
        var leave = (await Store.Lifecycle.HoldAsync(Clerk, hoa.Account.Value, HoldKind.Leave, "Nghỉ thai sản", "12/QĐ", Day("2026-05-01"), Day("2026-10-30"), Cancellation)).Value;
        await QuietAsync("2026-05-19", "2026-06-03");
        await KeepInUseAsync("2026-10-01");
        await QuietAsync("2026-10-30", "2026-11-02");
        // From the end of the leave: until Monday 1 February 2027, because 30 January is a Saturday.
        Assert.Equal(Day("2027-02-01"), (await Store.Lifecycle.FindAsync(hoa.Account.Value, Cancellation))!.Due);
        Assert.Equal(leave.Id, Assert.Single(await ReadAsync(tx => tx.QueryAsync("SELECT id FROM mailbox_holds", row => row.GetInt64(0)))));

        // A suspended mailbox under a hold is not removed.
        await Store.Lifecycle.SuspendAsync(Clerk, hoa.Account.Value, LifeReason.ProhibitedAct, "Phát tán thư rác", "5/BB", [new("anh.png", new byte[] { 1, 2, 3 })], Cancellation);
        var hold = (await Store.Lifecycle.HoldAsync(Clerk, hoa.Account.Value, HoldKind.Legal, "Thanh tra", "", Store.Today, null, Cancellation)).Value;
        await KeepInUseAsync("2026-12-15");
        await QuietAsync("2026-12-21");
        Assert.True((await Store.Lifecycle.EndHoldAsync(Clerk, hold.Id, "Kết thúc", Cancellation)).Ok);
        Assert.Equal(1, (await OnAsync("2026-12-22")).Proposed);
        Assert.Equal("anh.png", Assert.Single(await Store.Lifecycle.EvidenceAsync(hoa.Account.Value, Cancellation)).Name);
    }

    [Fact]
    public async Task A_request_to_reopen_stops_the_removal_and_a_reopening_starts_the_clock_anew()
    {
        await StartAsync();
        await DeliverAsync(hoa.Account!.Value, "Thư còn nguyên");
        Assert.Equal(ProblemKind.Missing, (await Store.Lifecycle.SuspendAsync(Clerk, hoa.Account.Value, LifeReason.Request, " ", "", [], Cancellation)).Problem!.Kind);
        var suspended = await Store.Lifecycle.SuspendAsync(Clerk, hoa.Account.Value, LifeReason.Request, "Lộ mật khẩu", "7/CV", [], Cancellation);
        Assert.Equal((LifeStep.Suspended, Day("2026-03-23")), (suspended.Value.Step, suspended.Value.Due!.Value));
        await Store.ChangeAsync<bool>(async tx => await Store.Lifecycle.AskReopenAsync(tx, Clerk, hoa.Account.Value, Day("2026-03-20"), "8/CV") is { } problem ? problem : true, Cancellation);
        await QuietAsync("2026-03-24", "2026-04-10");
        Assert.Equal(LifeStep.InUse, (await Store.Lifecycle.ReopenAsync(Clerk, hoa.Account.Value, "Theo đề nghị", "8/CV", Cancellation)).Value.Step);
        var life = (await Store.Lifecycle.FindAsync(hoa.Account.Value, Cancellation))!;
        Assert.Equal((Day("2026-04-10"), Day("2026-07-10")), (life.LastUsed, life.Due!.Value));
        Assert.Contains("Thư còn nguyên", await SubjectsAsync(hoa.Account.Value));
        Assert.Contains("Hộp thư hoant.stttt@daknong.gov.vn được mở lại từ ngày 10/04/2026", await SubjectsAsync(department.Account!.Value));
        Assert.Equal(ProblemKind.WrongState, (await Store.Lifecycle.ReopenAsync(Clerk, hoa.Account.Value, "lần nữa", "", Cancellation)).Problem!.Kind);
    }

    [Fact]
    public async Task A_leaver_is_closed_on_the_day_of_the_decision_with_the_new_address_and_can_be_restored()
    {
        await StartAsync();
        Assert.Equal(ProblemKind.InvalidDate, (await Store.Lifecycle.CloseAsync(Clerk, new(hoa.Account!.Value, LifeReason.Transfer, "9/QĐ", Day("2026-03-05"), Day("2026-03-15"), Day("2026-03-05"), null), Cancellation)).Problem!.Kind);
        await OnAsync("2026-03-11");
        // Decided on 3 March, asked for on the 11th: five days ended on Monday 9 March. Effective on Sunday 15 March.
        var closing = (await Store.Lifecycle.CloseAsync(Clerk, new(hoa.Account.Value, LifeReason.Transfer, "9/QĐ", Day("2026-03-03"), Day("2026-03-15"), Day("2026-03-11"), "hoa@khac.gov.vn"), Cancellation)).Value;
        Assert.Equal(new ClosingResult(Day("2026-03-15"), IsClosed: false, IsLate: true, Day("2026-03-16")), closing);
        Assert.Equal(0, (await OnAsync("2026-03-14")).Closed);
        Assert.Equal(1, (await OnAsync("2026-03-15")).Closed);
        Assert.Equal(0, (await OnAsync("2026-03-15")).Closed);
        Assert.Equal("hoa@khac.gov.vn", (await Mail.Accounts.LookupAsync(hoa.Address!, Cancellation)).MovedTo);
        Assert.Contains("Hộp thư hoant.stttt@daknong.gov.vn đã chấm dứt sử dụng từ ngày 15/03/2026", await SubjectsAsync(department.Account!.Value));

        // 90 days: restorable on 13 June, proposed for removal after it.
        await KeepInUseAsync("2026-06-01");
        Assert.Equal(0, (await OnAsync("2026-06-12")).Proposed);
        await OnAsync("2026-06-13");
        Assert.True((await Store.Lifecycle.ReopenAsync(Clerk, hoa.Account.Value, "Khôi phục", "10/CV", Cancellation)).Ok);
        Assert.Equal(AddressStatus.Local, (await Mail.Accounts.LookupAsync(hoa.Address!, Cancellation)).Status);
        Assert.Null((await Mail.Accounts.LookupAsync(hoa.Address!, Cancellation)).MovedTo);
    }

    [Fact]
    public async Task A_sole_head_is_not_closed_before_a_successor_is_named()
    {
        await StartAsync();
        await ChangeAsync(tx => Store.Duties.NameAsync(tx, Clerk, department.Id, hoa.Id, Duty.Head));
        Assert.Equal(ProblemKind.SoleOfficer, (await Store.Lifecycle.CloseAsync(Clerk, new(hoa.Account!.Value, LifeReason.Retirement, "9/QĐ", Day("2026-03-02"), Day("2026-03-02"), Day("2026-03-02"), null), Cancellation)).Problem!.Kind);
        var binh = await HolderAsync("Trần Văn Bình", department);
        await ChangeAsync(tx => Store.Duties.NameAsync(tx, Clerk, department.Id, binh.Id, Duty.Head));
        Assert.True((await Store.Lifecycle.CloseAsync(Clerk, new(hoa.Account.Value, LifeReason.Retirement, "9/QĐ", Day("2026-03-02"), Day("2026-03-02"), Day("2026-03-02"), null), Cancellation)).Value.IsClosed);
    }

    [Fact]
    public async Task More_than_the_share_stops_and_is_approved_by_its_number_only()
    {
        await StartAsync();
        for (var i = 0; i < 4; i++)
            await HolderAsync($"Lê Văn {(char)('A' + i)}n", department);
        await KeepInUseAsync("2026-06-01", only: department.Account);
        Assert.Equal(5, (await OnAsync("2026-06-03")).Proposed);
        var batch = Assert.Single(await Store.Lifecycle.BatchesAsync(all: false, Cancellation));
        Assert.True(batch.IsStopped);
        Assert.Equal(ProblemKind.NeedsConfirmation, (await Store.Lifecycle.ApproveAsync(Clerk, batch.Id, null, Cancellation)).Problem!.Kind);
        Assert.Equal(ProblemKind.NeedsConfirmation, (await Store.Lifecycle.ApproveAsync(Clerk, batch.Id, 4, Cancellation)).Problem!.Kind);
        Assert.Equal(ProblemKind.NoPermission, (await Store.Lifecycle.ApproveAsync(As(hoa), batch.Id, 5, Cancellation)).Problem!.Kind);
        Assert.True((await Store.Lifecycle.ApproveAsync(Clerk, batch.Id, 5, Cancellation)).Ok);
        // Approved on a Saturday, carried out on Monday; once, however often it is run.
        Assert.Equal(0, (await OnAsync("2026-06-06")).Suspended);
        Assert.Equal(5, (await OnAsync("2026-06-08")).Suspended);
        Assert.Equal(0, (await OnAsync("2026-06-08")).Suspended);
    }

    [Fact]
    public async Task What_the_managing_body_refuses_counts_anew()
    {
        await StartAsync();
        await KeepInUseAsync("2026-06-01");
        await OnAsync("2026-06-03");
        var batch = Assert.Single(await Store.Lifecycle.BatchesAsync(all: false, Cancellation));
        Assert.True((await Store.Lifecycle.RefuseAsync(Clerk, batch.Id, "Sắp xếp lại bộ máy", Cancellation)).Ok);
        await QuietAsync("2026-06-04");
        Assert.Equal(Day("2026-09-03"), (await Store.Lifecycle.FindAsync(hoa.Account!.Value, Cancellation))!.Due);
    }

    [Fact]
    public async Task A_new_decision_on_the_calendar_moves_what_is_due()
    {
        await StartAsync();
        await Store.Lifecycle.SuspendAsync(Clerk, hoa.Account!.Value, LifeReason.Request, "Lộ mật khẩu", "", [], Cancellation);
        await Store.Passwords.SetAsync((await Mail.Accounts.FindPrincipalAsync(hoa.Address!, Cancellation))!, "Rung-thong-7-cay", mustChange: false, "test", Cancellation);
        Assert.Equal(VietnamTime.StartOf(Day("2026-06-03")), await ExpiryAsync());
        Assert.Equal(Day("2026-03-23"), (await Store.Lifecycle.FindAsync(hoa.Account.Value, Cancellation))!.Due);
        var of2026 = YearDecisions.BuiltIn.Single(d => d.Year == 2026);
        var moved = of2026 with { DaysOff = [.. of2026.DaysOff, Day("2026-03-23"), Day("2026-06-02")], Source = "Quyết định thử" };
        Assert.Equal(1, (await Store.Calendar.PutAsync(Clerk, [moved], Cancellation)).Value);
        Assert.Equal(Day("2026-03-24"), (await Store.Lifecycle.FindAsync(hoa.Account.Value, Cancellation))!.Due);
        Assert.Equal(VietnamTime.StartOf(Day("2026-06-04")), await ExpiryAsync());
        Assert.Equal(1, (await Store.Calendar.RemoveAsync(Clerk, 2026, Cancellation)).Value);
        Assert.Equal(Day("2026-03-23"), (await Store.Lifecycle.FindAsync(hoa.Account.Value, Cancellation))!.Due);
    }

    [Fact]
    public async Task Holders_are_warned_of_the_end_of_a_password_and_shut_out_after_it()
    {
        await StartAsync();
        var principal = (await Mail.Accounts.FindPrincipalAsync(hoa.Address!, Cancellation))!;
        Assert.Equal(Passwords.PasswordFault.None, await Store.Passwords.SetAsync(principal, "Rung-thong-7-cay", mustChange: false, "test", Cancellation));
        await KeepInUseAsync("2026-05-01");
        await SeenAsync(hoa);
        foreach (var (day, warnings) in new[] { ("2026-05-18", 0), ("2026-05-19", 1), ("2026-05-20", 0), ("2026-05-26", 1), ("2026-05-29", 1), ("2026-06-01", 1), ("2026-06-02", 0) })
            Assert.Equal((day, warnings), (day, (await OnAsync(day)).Warnings));
        Assert.Equal(4, (await SubjectsAsync(hoa.Account!.Value)).Count(s => s == "Mật khẩu của hộp thư hoant.stttt@daknong.gov.vn hết hạn sau ngày 02/06/2026"));
        Clock.Now = VietnamTime.StartOf(Day("2026-06-03")).AddMinutes(-1);
        Assert.Equal(SignInRefusal.None, (await Mail.SignIn.CheckPasswordAsync(hoa.Address!, "Rung-thong-7-cay", "imap", null, Cancellation)).Refusal);
        Clock.Now = VietnamTime.StartOf(Day("2026-06-03"));
        Assert.Equal(SignInRefusal.PasswordChangeRequired, (await Mail.SignIn.CheckPasswordAsync(hoa.Address!, "Rung-thong-7-cay", "imap", null, Cancellation)).Refusal);
        Assert.Equal(1, (await Store.Lifecycle.Run.RunAsync(Cancellation)).PasswordsExpired);
    }

    private async Task<DateTimeOffset?> ExpiryAsync() => (await Mail.Accounts.FindPrincipalAsync(hoa.Address!, Cancellation))!.PasswordExpiresAt;

    private static DateOnly Day(string text) => VietnamTime.Read(text);

    private Task<DailyResult> OnAsync(string day)
    {
        Clock.Now = VietnamTime.StartOf(Day(day)).AddHours(6);
        return Store.Lifecycle.Run.RunAsync(Cancellation);
    }

    // Nothing happens on these days.
    private async Task QuietAsync(params string[] days)
    {
        foreach (var day in days)
        {
            var result = await OnAsync(day);
            Assert.Equal(new DailyResult { Day = Day(day), IsWorkingDay = result.IsWorkingDay }, result);
        }
    }

    private async Task SeenAsync(Person person) => await Mail.Activity.SeenAsync(person.Principal!.Value, person.Account!.Value, Cancellation);

    // The organization's mailbox is looked at; it is not what the test is about.
    private async Task KeepInUseAsync(string day, AccountId? only = null)
    {
        Clock.Now = VietnamTime.StartOf(Day(day)).AddHours(6);
        await Mail.Database.WriteAsync(tx => tx.ExecuteAsync("UPDATE accounts SET last_activity_at = $2 WHERE id = $1", (only ?? department.Account!.Value).Value, Clock.Now.ToUnixTimeMilliseconds()), Cancellation);
    }

    private async Task DeliverAsync(AccountId to, string subject)
    {
        await using var writer = Mail.Contents.Create();
        await writer.WriteAsync(Encoding.UTF8.GetBytes($"From: a@b.vn\r\nSubject: {subject}\r\n\r\nXin chào.\r\n"), Cancellation);
        await using var content = await writer.FinishAsync(default, Cancellation);
        await Mail.Deliveries.DeliverAsync(new() { Sender = "a@b.vn", Local = [new(to, "x@daknong.gov.vn")] }, content, Cancellation);
    }

    private ValueTask<List<string>> SubjectsAsync(AccountId account) => ReadAsync(tx => tx.QueryAsync(
        "SELECT c.facts FROM messages m JOIN contents c ON c.id = m.content_id WHERE m.account_id = $1 ORDER BY m.id",
        row => Formats.Mime.MessageFacts.Deserialize(row.GetFieldValue<byte[]>(0)).Subject ?? "",
        account.Value));

    private async Task<string> LastTextAsync(AccountId account)
    {
        var data = await ReadAsync(tx => tx.FirstAsync("SELECT d.data FROM messages m JOIN content_data d ON d.content_id = m.content_id WHERE m.account_id = $1 ORDER BY m.id DESC LIMIT 1", row => row.GetFieldValue<byte[]>(0), account.Value));
        using var message = await MimeKit.MimeMessage.LoadAsync(new MemoryStream(data!), Cancellation);
        return message.TextBody!;
    }
}
