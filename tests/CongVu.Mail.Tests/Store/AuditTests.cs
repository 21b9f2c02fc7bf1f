using CongVu.Mail.Store;

namespace CongVu.Mail.Tests.Store;

public abstract class AuditTests(Backend backend) : StoreFixture(backend)
{
    public sealed class OnSqlite() : AuditTests(Backend.Sqlite);

    public sealed class OnPostgres() : AuditTests(Backend.Postgres);

    [Fact]
    public async Task An_untouched_trail_is_whole_and_is_listed_latest_first()
    {
        await FillAsync();
        var report = await Store.Audit.VerifyAsync([], Cancellation);
        Assert.Empty(report.Findings);
        Assert.Equal((0, report.Rows), (report.Waiting, report.Head.Sequence));
        Assert.Null(await Store.Audit.SealAsync(Cancellation));
        Assert.Equal(report.Head.ToString(), AuditHead.Parse($"{report.Head} 2026-03-02T01:00:00Z")!.Value.ToString());
        Assert.Equal(["person.add", "person.add"], (await Store.Audit.ListAsync(new(Action: "person.", Limit: 2), Cancellation)).Select(e => e.Action));
        Assert.Equal("p0@example.vn", Assert.Single(await Store.Audit.ListAsync(new(Subject: "p0@"), Cancellation)).Subject);
    }

    [Theory]
    [InlineData("UPDATE audit SET detail = 'someone else' WHERE seal_sequence = 4", AuditFault.Changed, 4)]
    [InlineData("UPDATE audit SET actor = 'nobody' WHERE seal_sequence = 1", AuditFault.Changed, 1)]
    [InlineData("DELETE FROM audit WHERE seal_sequence = 4", AuditFault.Missing, 4)]
    [InlineData("UPDATE audit SET seal_sequence = NULL, seal = NULL, at = 1 WHERE seal_sequence = 4", AuditFault.Missing, 4)]
    [InlineData("DELETE FROM audit WHERE seal_sequence >= 5", AuditFault.HeadMissing, 7)]
    [InlineData("DELETE FROM audit", AuditFault.HeadMissing, 7)]
    public async Task What_is_done_to_it_is_found(string sql, AuditFault fault, long sequence)
    {
        await FillAsync();
        var head = (await Store.Audit.VerifyAsync([], Cancellation)).Head;
        Assert.Equal(7, head.Sequence);
        await Store.Database.WriteAsync(tx => tx.ExecuteAsync(sql), Cancellation);
        Assert.Contains((await Store.Audit.VerifyAsync([head], Cancellation)).Findings, f => f.Fault == fault && f.Sequence == sequence);
    }

    [Fact]
    public async Task Two_rows_that_change_places_are_found()
    {
        await FillAsync();
        await Store.Database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync("UPDATE audit SET seal_sequence = 100 WHERE seal_sequence = 3");
                await tx.ExecuteAsync("UPDATE audit SET seal_sequence = 3 WHERE seal_sequence = 4");
                return await tx.ExecuteAsync("UPDATE audit SET seal_sequence = 4 WHERE seal_sequence = 100");
            },
            Cancellation);
        var findings = (await Store.Audit.VerifyAsync([], Cancellation)).Findings;
        Assert.Contains(findings, f => f.Fault == AuditFault.Changed && f.Sequence == 3);
        Assert.Contains(findings, f => f.Fault == AuditFault.Changed && f.Sequence == 4);
    }

    [Fact]
    public async Task A_chain_written_anew_after_a_change_lacks_the_head_that_was_written_down()
    {
        await FillAsync();
        var head = (await Store.Audit.VerifyAsync([], Cancellation)).Head;
        await Store.Database.WriteAsync(tx => tx.ExecuteAsync("UPDATE audit SET seal = NULL, seal_sequence = NULL"), Cancellation);
        await Store.Database.WriteAsync(tx => tx.ExecuteAsync("UPDATE audit SET detail = 'other' WHERE action = 'domain.add'"), Cancellation);
        await SealAllAsync();
        Assert.Empty((await Store.Audit.VerifyAsync([], Cancellation)).Findings);
        Assert.Contains((await Store.Audit.VerifyAsync([head], Cancellation)).Findings, f => f.Fault == AuditFault.HeadMissing);
    }

    [Fact]
    public async Task Several_sealers_make_one_chain()
    {
        for (var i = 0; i < 4; i++)
            await Store.Accounts.AddDomainAsync($"d{i}.vn", "test", Cancellation);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Store.Audit.SealAsync(Cancellation)));
        Assert.Empty((await Store.Audit.VerifyAsync([], Cancellation)).Findings);
    }

    private async Task FillAsync()
    {
        for (var i = 0; i < 6; i++)
            await PersonAsync($"p{i}");
        await SealAllAsync();
    }

    private async Task SealAllAsync()
    {
        while (await Store.Audit.SealAsync(Cancellation) is not null)
        {
        }
    }
}
