using System.Text;
using CongVu.Governance.Authorities;
using CongVu.Governance.Documents;
using CongVu.Governance.People;
using CongVu.Governance.Requests;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;
using MimeKit;

namespace CongVu.Governance.Tests.Requests;

public abstract class RequestStoreTests(Backend backend) : RequestFixture(backend)
{
    private const string People = """
        ĐỀ NGHỊ CẤP HỘP THƯ ĐIỆN TỬ CÔNG VỤ
        STT,Họ và Tên,Chức vụ,Bộ phận công tác,Số điện thoại,Ngày vào ngành
        1,Nguyễn Thị Hoa,Chuyên viên,Văn phòng,0905123456,2018
        2,Nguyễn Thị Hoa,Chuyên viên,Thanh tra,0905123457,2010
        3,Điểu K'Rang,Văn thư,Văn phòng,0905123458,2015
        """;

    public sealed class OnSqlite() : RequestStoreTests(Backend.Sqlite);

    public sealed class OnPostgres() : RequestStoreTests(Backend.Postgres);

    [Fact]
    public async Task A_request_becomes_mailboxes_and_an_answer_in_the_organizations_mailbox()
    {
        await ArrangeAsync();
        var request = await AddAsync(Form(People));
        Assert.Equal((RequestKind.NewPersonalMailboxes, RequestState.Received, new DateOnly(2026, 3, 5)), (request.Kind, request.State, request.DueOn));
        Assert.StartsWith("YC-2026-", request.Reference);

        // A5.2c: who has served longest keeps the plain form.
        var done = await FulfilAsync(request);
        Assert.Equal((3, 0, RequestState.AwaitingSignature), (done.Done, done.Refused, done.Request.State));
        var rows = (await OpenAsync(request.Id)).Rows;
        Assert.Equal(["hoant1.stp@daknong.gov.vn", "hoant.stp@daknong.gov.vn", "krangd.stp@daknong.gov.vn"], rows.Select(r => r.Address));

        // Done means that the answer was issued: not before it is signed.
        Assert.Equal(ProblemKind.NotSigned, (await Store.Requests.IssueAnswerAsync(Clerk, request.Id, Cancellation)).Problem!.Kind);
        Assert.True((await Store.Requests.DraftAnswerAsync(Clerk, request.Id, "", Cancellation)).Ok);
        var signed = await Store.Requests.SignAnswerAsync(Clerk, request.Id, new(null, null, "Phó Giám đốc", "Nguyễn Văn Bình"), Cancellation);
        Assert.Equal(1, signed.Value.Number);
        var issued = await Store.Requests.IssueAnswerAsync(Clerk, request.Id, Cancellation);
        Assert.Equal(RequestState.Done, issued.Value.State);

        var letter = Assert.Single(await InboxAsync(Department.Account!.Value));
        Assert.Contains(request.Reference, letter.Subject, StringComparison.Ordinal);
        var files = letter.Attachments.OfType<MimePart>().ToArray();
        Assert.Equal(PdfConversion.IsAvailable ? 2 : 1, files.Length);
        using var docx = new MemoryStream();
        await files[0].Content!.DecodeToAsync(docx, Cancellation);
        var text = string.Join('\n', TableFile.Read(docx.ToArray()).Lines);
        Assert.Contains("Số: 01/STTTT-CNTT", text, StringComparison.Ordinal);
        Assert.Contains("KT. GIÁM ĐỐC", text, StringComparison.Ordinal);
        Assert.Contains("hoant1.stp@daknong.gov.vn", text, StringComparison.Ordinal);
        Assert.Contains("Đã cấp mới", text, StringComparison.Ordinal);

        // No answer carries a credential: nobody has one yet, and what is made later is in none of it.
        Assert.Equal(0, await ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM principals WHERE login LIKE '%hoant%' AND password_hash IS NOT NULL")));
        var slip = (await Store.Passwords.IssueSlipAsync(Clerk, rows[0].Account!.Value, Cancellation)).Value;
        Assert.DoesNotContain(slip.Password, text + letter.TextBody + letter.Subject, StringComparison.Ordinal);
        Assert.Equal(ProblemKind.WrongState, (await Store.Requests.IssueAnswerAsync(Clerk, request.Id, Cancellation)).Problem!.Kind);
    }

    [Fact]
    public async Task Rows_that_cannot_be_done_are_refused_and_the_rest_go_on()
    {
        await ArrangeAsync();
        var foreign = await HolderAsync("Trần Văn An", Other);
        var own = await HolderAsync("Ngô Thị Bích", Department);
        var below = await HolderAsync("Hồ Văn Cường", Centre);
        var request = await AddAsync(Form($"""
            Đề nghị bổ sung dung lượng hộp thư
            Họ và tên,Chức vụ,Địa chỉ thư điện tử công vụ,Dung lượng đề nghị
            Trần Văn An,CV,{foreign.Address},2 GB
            Ngô Thị Bích,CV,bichnt.stp,"1,5 GB"
            Hồ Văn Cường,CV,{below.Address},2GB
            Người Khác,CV,{Liaison.Address},2 GB
            Phạm Thị Thu,CV,{Liaison.Address}x,2 GB
            """));
        Assert.Equal(RequestKind.MoreStorage, request.Kind);
        await FulfilAsync(request);
        var rows = (await OpenAsync(request.Id)).Rows;
        Assert.Equal([ProblemKind.NotManaged, null, null, ProblemKind.OtherName, ProblemKind.NotFound], rows.Select(r => r.Problem?.Kind));
        Assert.Equal(3L << 29, (await Mail.Accounts.FindAsync(own.Account!.Value, Cancellation))!.QuotaBytes);
        Assert.Equal(1L << 30, (await Mail.Accounts.FindAsync(foreign.Account!.Value, Cancellation))!.QuotaBytes);

        Assert.True((await Store.Requests.SignAnswerAsync(Clerk, request.Id, new(7, null, "Giám đốc", "Nguyễn Văn Bình"), Cancellation)).Ok);
        Assert.Equal(RequestState.PartlyDone, (await Store.Requests.IssueAnswerAsync(Clerk, request.Id, Cancellation)).Value.State);
        Assert.Equal(ProblemKind.WrongState, (await Store.Requests.FulfilAsync(Clerk, request.Id, false, null, Cancellation)).Problem!.Kind);
    }

    [Fact]
    public async Task More_than_two_gigabytes_are_refused()
    {
        await ArrangeAsync();
        var request = await AddAsync(Form($"Đề nghị bổ sung dung lượng\nHọ và tên,Địa chỉ hộp thư,Dung lượng\nPhạm Thị Thu,{Liaison.Address},3 GB"));
        Assert.Equal(1, (await FulfilAsync(request)).Refused);
        Assert.Equal(ProblemKind.AboveLimit, (await OpenAsync(request.Id)).Rows[0].Problem!.Kind);
    }

    [Fact]
    public async Task A_document_is_one_request_and_its_earliest_receipt_counts()
    {
        await ArrangeAsync();
        Clock.Now = Clock.Now.AddDays(3);
        var first = await AddAsync(null, number: "07/STP-VP", receivedOn: new(2026, 3, 5));
        var again = await Store.Requests.AddAsync(
            Clerk, new() { Organization = Department.Id, Channel = RequestChannel.Mail, Number = "7/STP - VP", DocumentDate = new(2026, 3, 5), ReceivedOn = new(2026, 3, 5), Form = Form(People) }, [], Cancellation);
        Assert.False(again.Value.IsNew);
        Assert.Equal((first.Id, 3), (again.Value.Request.Id, again.Value.Request.Rows.All));
        var other = await Store.Requests.AddAsync(
            Clerk, new() { Organization = Other.Id, Channel = RequestChannel.Mail, Number = "07/STP-VP", DocumentDate = new(2026, 3, 5), ReceivedOn = new(2026, 3, 5) }, [], Cancellation);
        Assert.True(other.Value.IsNew);

        var late = await AddAsync(null, number: "08/STP-VP", receivedOn: new(2026, 3, 5));
        await Store.Requests.ChangeAsync(Clerk, late.Id, new(DocumentDate: new DateOnly(2026, 3, 2)), null, [], Cancellation);
        var earlier = await Store.Requests.AddAsync(Clerk, new() { Organization = Department.Id, Channel = RequestChannel.Paper, Number = "08/STP-VP", DocumentDate = new(2026, 3, 2), ReceivedOn = new(2026, 3, 3) }, [], Cancellation);
        Assert.Equal((new DateOnly(2026, 3, 3), new DateOnly(2026, 3, 6)), (earlier.Value.Request.ReceivedOn, earlier.Value.Request.DueOn));
    }

    [Theory]
    [InlineData("Đề nghị cấp lại mật khẩu", RequestKind.PasswordReset, "2026-03-03")]
    [InlineData("Đề nghị khôi phục hộp thư", RequestKind.Restore, "2026-03-04")]
    [InlineData("Đề nghị mở lại hộp thư", RequestKind.Reopen, "2026-03-04")]
    [InlineData("Đề nghị chấm dứt hoạt động hộp thư", RequestKind.Termination, "2026-03-05")]
    [InlineData("Đề nghị thu hồi hộp thư", RequestKind.Revoke, "2026-03-05")]
    public async Task A_request_is_due_as_its_clause_says(string title, RequestKind kind, string due)
    {
        await ArrangeAsync();
        var request = await AddAsync(Form($"{title}\nHọ và tên,Chức vụ,Địa chỉ hộp thư được cấp\nPhạm Thị Thu,CV,{Liaison.Address}"));
        Assert.Equal((kind, DateOnly.Parse(due)), (request.Kind, request.DueOn!.Value));
    }

    [Fact]
    public async Task What_is_incomplete_waits_and_the_time_runs_from_the_complete_one()
    {
        await ArrangeAsync();
        var scan = await AddAsync(null);
        Assert.Equal(ProblemKind.Missing, (await Store.Requests.FulfilAsync(Clerk, scan.Id, false, null, Cancellation)).Problem!.Kind);
        Assert.Equal(ProblemKind.NeedsReason, (await Store.Requests.AskSupplementAsync(Clerk, scan.Id, " ", Cancellation)).Problem!.Kind);
        var waiting = (await Store.Requests.AskSupplementAsync(Clerk, scan.Id, "Thiếu danh sách", Cancellation)).Value;
        Assert.Equal((RequestState.AwaitingSupplement, null, null), (waiting.State, waiting.CompleteOn, waiting.DueOn));

        Clock.Now = Clock.Now.AddDays(4); // Friday
        Assert.Equal(ProblemKind.InvalidDate, (await Store.Requests.SupplementAsync(Clerk, scan.Id, new(2026, 3, 1), null, [], Cancellation)).Problem!.Kind);
        var complete = (await Store.Requests.SupplementAsync(As(Liaison), scan.Id, null, Form(People), [], Cancellation)).Value;
        Assert.Equal((RequestState.Received, new DateOnly(2026, 3, 2), new DateOnly(2026, 3, 6), new DateOnly(2026, 3, 11)), (complete.State, complete.ReceivedOn, complete.CompleteOn, complete.DueOn));
        Assert.Equal(3, complete.Rows.Waiting);

        Clock.Now = Clock.Now.AddDays(4); // Tuesday: due tomorrow
        Assert.Equal([scan.Id], (await Store.Requests.LateAsync(Clerk, Cancellation)).NearlyLate.Select(r => r.Id));
        Clock.Now = Clock.Now.AddDays(2);
        Assert.Equal([scan.Id], (await Store.Requests.LateAsync(Clerk, Cancellation)).Late.Select(r => r.Id));
    }

    [Fact]
    public async Task The_third_form_is_asked_about_and_not_worked_on_before()
    {
        await ArrangeAsync();
        var form = FormReader.Read(Encoding.UTF8.GetBytes($"ĐỀ NGHỊ THU HỒI, XÓA, KHÔI PHỤC HỘP THƯ ĐIỆN TỬ CÔNG VỤ CÁ NHÂN\nHọ và Tên,Chức vụ,Bộ phận công tác,Địa chỉ hộp thư được cấp\nPhạm Thị Thu,CV,VP,{Liaison.Address}"));
        var request = await AddAsync(form);
        Assert.Equal(RequestKind.Unclear, request.Kind);
        Assert.Equal(ProblemKind.Incomplete, (await Store.Requests.FulfilAsync(Clerk, request.Id, false, null, Cancellation)).Problem!.Kind);
        var decided = (await Store.Requests.ChangeAsync(Clerk, request.Id, new(Action: MailboxAction.Revoke), null, [], Cancellation)).Value;
        Assert.Equal(RequestKind.Revoke, decided.Kind);
        Assert.Equal(1, (await FulfilAsync(request)).Done);
        Assert.Equal(AccountState.Suspended, (await Mail.Accounts.FindAsync(Liaison.Account!.Value, Cancellation))!.State);
    }

    [Fact]
    public async Task Mailboxes_are_reset_changed_reopened_and_closed()
    {
        await ArrangeAsync();
        var an = await HolderAsync("Trần Văn An", Department);
        var binh = await HolderAsync("Lê Thị Bình", Department);
        Assert.True((await Store.Passwords.IssueSlipAsync(Clerk, an.Account!.Value, Cancellation)).Ok);

        await FulfilAsync(await AddAsync(Form($"Đề nghị cấp lại mật khẩu\nHọ và tên,Chức vụ,Địa chỉ hộp thư\nTrần Văn An,CV,{an.Address}"), number: "1/STP"));
        Assert.Equal(0, await ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM principals WHERE id = $1 AND password_hash IS NOT NULL", an.Principal!.Value.Value)));

        var change = await AddAsync(
            Form($"Đề nghị thay đổi thông tin hộp thư\nHọ và tên,Chức vụ,Bộ phận công tác,Địa chỉ thư điện tử công vụ,Số điện thoại,Thông tin cần thay đổi,Thông tin mới\nTrần Văn An,CV,VP,{an.Address},0905123456,Số điện thoại,0987.654.321\nLê Thị Bình,CV,VP,{binh.Address},0905123457,Chức vụ,Phó Trưởng phòng\nLê Thị Bình,CV,VP,{binh.Address},0905123457,Cân nặng,50"),
            number: "2/STP");
        var changed = await FulfilAsync(change);
        Assert.Equal((2, 1), (changed.Done, changed.Refused));
        Assert.Equal(ProblemKind.UnclearChange, (await OpenAsync(change.Id)).Rows[2].Problem!.Kind);
        Assert.Equal("0987654321", (await ReadAsync(tx => PeopleStore.FindAsync(tx, an.Id)))!.Phone);
        Assert.Equal("Phó Trưởng phòng", (await ReadAsync(tx => PeopleStore.PrimaryPostingAsync(tx, binh.Id)))!.Position);

        await FulfilAsync(await AddAsync(Form($"Đề nghị thu hồi hộp thư\nHọ và tên,Chức vụ,Địa chỉ hộp thư được cấp\nTrần Văn An,CV,{an.Address}"), number: "3/STP"));
        Assert.Equal(AccountState.Suspended, (await Mail.Accounts.FindAsync(an.Account.Value, Cancellation))!.State);
        await FulfilAsync(await AddAsync(Form($"Đề nghị mở lại hộp thư\nHọ và tên,Chức vụ,Địa chỉ hộp thư được cấp\nTrần Văn An,CV,{an.Address}"), number: "4/STP"));
        Assert.Equal(AccountState.Active, (await Mail.Accounts.FindAsync(an.Account.Value, Cancellation))!.State);

        // A8.2: closed from the decision's day on; the staff list follows.
        await FulfilAsync(await AddAsync(
            Form($"Đề nghị chấm dứt hoạt động hộp thư\nHọ và tên,Chức vụ,Địa chỉ hộp thư được cấp,Lý do,Số quyết định,Ngày quyết định,Ngày có hiệu lực\nTrần Văn An,CV,{an.Address},Nghỉ hưu,15/QĐ-STP,27/02/2026,01/03/2026"), number: "5/STP"));
        Assert.Equal(AccountState.Closed, (await Mail.Accounts.FindAsync(an.Account.Value, Cancellation))!.State);
        Assert.Equal(PersonStatus.Retired, (await ReadAsync(tx => PeopleStore.FindAsync(tx, an.Id)))!.Status);
    }

    [Fact]
    public async Task A_new_organizations_answer_goes_to_the_body_that_manages_it()
    {
        await ArrangeAsync();
        var request = await AddAsync(Form("Đề nghị cấp mới hộp thư\nTên cơ quan, đơn vị,Địa chỉ thư điện tử công vụ,Thông tin\n\"Trung tâm Trợ giúp pháp lý\",,\n\"Sở Y tế\",,".Replace("Tên cơ quan, đơn vị,", "\"Tên cơ quan, đơn vị\",", StringComparison.Ordinal)), number: "9/STP");
        Assert.Equal(RequestKind.NewOrganizationMailbox, request.Kind);
        var done = await FulfilAsync(request);
        Assert.Equal((1, 1), (done.Done, done.Refused));
        var rows = (await OpenAsync(request.Id)).Rows;
        Assert.Equal("tttgpl.stp@daknong.gov.vn", rows[0].Address);
        Assert.Equal(ProblemKind.NotManaged, rows[1].Problem!.Kind);

        // The centre has a mailbox now, and nobody who could read it.
        var own = await AddAsync(Form("Đề nghị cấp mới hộp thư cá nhân\nHọ và tên,Chức vụ\nHồ Văn Cường,CV"), Centre, "1/TT");
        await FulfilAsync(own);
        await Store.Requests.SignAnswerAsync(Clerk, own.Id, new(null, null, "", "Nguyễn Văn Bình"), Cancellation);
        Assert.True((await Store.Requests.IssueAnswerAsync(Clerk, own.Id, Cancellation)).Ok);
        Assert.Equal("stp@daknong.gov.vn", (await OpenAsync(own.Id)).Answer!.SentTo);

        // A suspended one gets none either.
        await Mail.Accounts.SetStateAsync(Department.Account!.Value, AccountState.Suspended, "test", Cancellation);
        await Store.Requests.SignAnswerAsync(Clerk, request.Id, new(null, null, "", "Nguyễn Văn Bình"), Cancellation);
        Assert.Equal(RequestState.PartlyDone, (await Store.Requests.IssueAnswerAsync(Clerk, request.Id, Cancellation)).Value.State);
        Assert.Equal("ubnd@daknong.gov.vn", (await OpenAsync(request.Id)).Answer!.SentTo);
    }

    [Fact]
    public async Task A_run_that_was_stopped_goes_on_where_it_was()
    {
        await ArrangeAsync();
        var request = await AddAsync(Form(People));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.Requests.FulfilAsync(Clerk, request.Id, false, _ => stop.Cancel(), stop.Token));
        Assert.Equal(new RowCounts(2, 1, 0), (await OpenAsync(request.Id)).Request.Rows);
        var rest = await FulfilAsync(request);
        Assert.Equal(2, rest.Done);
        Assert.Equal(3, (await OpenAsync(request.Id)).Rows.Select(r => r.Address).Distinct().Count());
        Assert.Equal(3, await ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM audit WHERE action = 'request.row'")));
    }

    [Fact]
    public async Task Others_requests_are_not_made_seen_or_worked_on()
    {
        await ArrangeAsync();
        RequestToAdd Of(CongVu.Governance.Organizations.Organization organization) => new() { Organization = organization.Id, Channel = RequestChannel.Portal, Form = Form(People) };
        Assert.Equal(ProblemKind.NoPermission, (await Store.Requests.AddAsync(As(Liaison), Of(Other), [], Cancellation)).Problem!.Kind);
        Assert.Equal(ProblemKind.NoPermission, (await Store.Requests.AddAsync(As(Liaison), new() { Channel = RequestChannel.Portal }, [], Cancellation)).Problem!.Kind);
        var draft = (await Store.Requests.AddAsync(As(Liaison), Of(Department), [], Cancellation)).Value.Request;
        Assert.Equal(RequestState.Draft, draft.State);
        Assert.True((await Store.Requests.AddAsync(As(Liaison), Of(Centre), [], Cancellation)).Ok);
        Assert.Equal(RequestState.Submitted, (await Store.Requests.SubmitAsync(As(Liaison), draft.Id, Cancellation)).Value.State);
        Assert.Equal(ProblemKind.NoPermission, (await Store.Requests.ReceiveAsync(As(Liaison), draft.Id, null, Cancellation)).Problem!.Kind);
        Assert.Equal(ProblemKind.NoPermission, (await Store.Requests.FulfilAsync(As(Liaison), draft.Id, false, null, Cancellation)).Problem!.Kind);

        var stranger = await HolderAsync("Trần Văn An", Other);
        Assert.Equal(ProblemKind.NotFound, (await Store.Requests.OpenAsync(As(stranger), draft.Id, Cancellation)).Problem!.Kind);
        Assert.Empty(await Store.Requests.ListAsync(As(stranger), openOnly: false, null, null, 10, Cancellation));
        Assert.Equal(2, (await Store.Requests.ListAsync(As(Liaison), openOnly: false, null, null, 10, Cancellation)).Count);
        Assert.Equal(ProblemKind.NotFound, (await Store.Requests.WithdrawAsync(As(stranger), draft.Id, "", Cancellation)).Problem!.Kind);
        Assert.Equal(RequestState.Received, (await Store.Requests.ReceiveAsync(Clerk, draft.Id, null, Cancellation)).Value.State);
        Assert.Equal(RequestState.Withdrawn, (await Store.Requests.WithdrawAsync(As(Liaison), draft.Id, "Nhầm", Cancellation)).Value.State);
    }

    [Fact]
    public async Task Wrong_days_and_endless_lists_are_refused_whole()
    {
        await ArrangeAsync();
        async Task<ProblemKind?> Try(DateOnly received, DateOnly? document, FormReading? form = null) => (await Store.Requests.AddAsync(
            Clerk, new() { Organization = Department.Id, Channel = RequestChannel.Paper, Number = "1/X", DocumentDate = document, ReceivedOn = received, Form = form }, [], Cancellation)).Problem?.Kind;
        Assert.Equal(ProblemKind.InvalidDate, await Try(Store.Today.AddDays(1), null));
        Assert.Equal(ProblemKind.InvalidDate, await Try(Store.Today.AddYears(-2), null));
        Assert.Equal(ProblemKind.InvalidDate, await Try(Store.Today.AddDays(-1), Store.Today));
        var list = new StringBuilder("Đề nghị cấp mới hộp thư\nHọ và tên,Chức vụ,Mã cán bộ\n");
        for (var i = 0; i < 10_000; i++)
            list.Append("Nguyễn Thị Hoa,CV,").Append(i).Append('\n');
        Assert.Equal(ProblemKind.TooManyRows, await Try(Store.Today, null, FormReader.Read(Encoding.UTF8.GetBytes(list.ToString()))));
        Assert.Equal(ProblemKind.UnreadableFile, await Try(Store.Today, null, FormReader.Read([0x50, 0x4b, 3, 4])));
        Assert.Empty(await Store.Requests.ListAsync(Clerk, openOnly: false, null, null, 10, Cancellation));
        Assert.Equal(0, await ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM request_rows")));
    }

    [Fact]
    public async Task What_was_asked_by_telephone_owes_its_document()
    {
        await ArrangeAsync();
        var request = (await Store.Requests.AddAsync(Clerk, new() { Organization = Department.Id, Channel = RequestChannel.Phone, ReceivedOn = Store.Today, Kind = RequestKind.PasswordReset }, [], Cancellation)).Value.Request;
        Assert.True(request.OwesDocument);
        Assert.Equal([request.Id], (await Store.Requests.LateAsync(Clerk, Cancellation)).OwingDocument.Select(r => r.Id));
        Assert.False((await Store.Requests.ChangeAsync(Clerk, request.Id, new(Number: "5/STP-VP", DocumentDate: Store.Today), null, [], Cancellation)).Value.OwesDocument);
    }

    [Fact]
    public async Task Signed_documents_are_kept_from_the_sweeper()
    {
        await ArrangeAsync();
        await using var file = await Store.Requests.StageAsync("cong-van.pdf", "application/pdf", "%PDF-1.7 signed"u8.ToArray(), Cancellation);
        var request = (await Store.Requests.AddAsync(Clerk, new() { Organization = Department.Id, Channel = RequestChannel.Paper, ReceivedOn = Store.Today }, [file], Cancellation)).Value.Request;
        for (var day = 0; day < 3; day++)
        {
            Clock.Now = Clock.Now.AddDays(2);
            await Mail.Sweeper.SweepAsync(Cancellation);
        }
        var document = Assert.Single((await OpenAsync(request.Id)).Documents);
        Assert.Equal("%PDF-1.7 signed"u8.ToArray(), (await Store.Requests.ReadDocumentAsync(Clerk, request.Id, document.Id, Cancellation)).Value.Bytes);
    }

    [Fact]
    public async Task A_decision_on_days_off_moves_what_is_open()
    {
        await ArrangeAsync();
        var request = await AddAsync(Form(People));
        Assert.Equal(new DateOnly(2026, 3, 5), request.DueOn);
        var year = CongVu.Governance.WorkingDays.YearDecisions.BuiltIn.First(d => d.Year == 2026);
        Assert.True((await Store.Calendar.PutAsync(Clerk, [year with { DaysOff = [.. year.DaysOff, new DateOnly(2026, 3, 4)] }], Cancellation)).Ok);
        Assert.Equal(new DateOnly(2026, 3, 6), (await OpenAsync(request.Id)).Request.DueOn);
    }

    [Fact]
    public async Task What_is_refused_as_a_whole_is_answered_too()
    {
        await ArrangeAsync();
        var request = await AddAsync(Form(People));
        Assert.Equal(ProblemKind.NeedsReason, (await Store.Requests.RejectAsync(Clerk, request.Id, "", Cancellation)).Problem!.Kind);
        Assert.Equal(RequestState.Rejected, (await Store.Requests.RejectAsync(Clerk, request.Id, "Văn bản chưa có chữ ký.", Cancellation)).Value.State);
        await Store.Requests.SignAnswerAsync(Clerk, request.Id, new(null, null, "", "Nguyễn Văn Bình"), Cancellation);
        Assert.Equal(RequestState.Rejected, (await Store.Requests.IssueAnswerAsync(Clerk, request.Id, Cancellation)).Value.State);
        Assert.Single(await InboxAsync(Department.Account!.Value));
    }

    [Fact]
    public async Task Only_the_managing_body_signs()
    {
        await ArrangeAsync();
        var worker = await HolderAsync("Nguyễn Đức Thắng", Other);
        Assert.Null((await ChangeAsync(tx => Store.Roles.GiveAsync(tx, Clerk, worker.Principal!.Value, Role.Operator, null))).Problem);
        var request = await AddAsync(Form(People));
        Assert.True((await Store.Requests.FulfilAsync(As(worker), request.Id, false, null, Cancellation)).Ok);
        Assert.Equal(ProblemKind.NoPermission, (await Store.Requests.SignAnswerAsync(As(worker), request.Id, new(null, null, "", "Nguyễn Văn Bình"), Cancellation)).Problem!.Kind);
    }
}
