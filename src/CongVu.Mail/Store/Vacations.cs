using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>An account's answer while its holder is away (RFC 8621 §8).</summary>
public sealed record Vacation
{
    /// <summary>It is given, within the dates.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>From when on; null for at once.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Until before when; null for until it is switched off.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Subject; null for the server's own.</summary>
    public string? Subject { get; init; }

    /// <summary>The text.</summary>
    public string? TextBody { get; init; }

    /// <summary>The text as HTML.</summary>
    public string? HtmlBody { get; init; }
}

/// <summary>The answers of accounts whose holders are away.</summary>
public sealed class Vacations
{
    private readonly StoreDatabase database;
    private readonly TimeProvider clock;

    internal Vacations(StoreDatabase database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    internal static ValueTask<Vacation?> FindAsync(Tx tx, AccountId account) => tx.FirstAsync(
        "SELECT is_enabled, from_date, to_date, subject, text_body, html_body FROM vacations WHERE account_id = $1",
        row => new Vacation
        {
            IsEnabled = row.GetInt16(0) != 0,
            From = row.IsDBNull(1) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)),
            To = row.IsDBNull(2) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)),
            Subject = row.IsDBNull(3) ? null : row.GetString(3),
            TextBody = row.IsDBNull(4) ? null : row.GetString(4),
            HtmlBody = row.IsDBNull(5) ? null : row.GetString(5),
        },
        account.Value);

    /// <summary>Called after an answer was changed in this process.</summary>
    public Func<Task>? Changed { get; set; }

    /// <summary>Accounts with an answer that is switched on, whatever its dates.</summary>
    internal ValueTask<List<long>> AwayAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(tx => tx.QueryAsync("SELECT account_id FROM vacations WHERE is_enabled = 1", row => row.GetInt64(0)), cancellationToken);

    /// <summary>Notes that <paramref name="sender"/> is answered now; false when it was since <paramref name="since"/>.</summary>
    internal Task<bool> TakeTurnAsync(AccountId account, string sender, DateTimeOffset since, CancellationToken cancellationToken) => database.WriteAsync(
        async tx => await tx.ExecuteAsync(
            """
            INSERT INTO vacation_replies (account_id, sender, at) VALUES ($1, $2, $3)
            ON CONFLICT (account_id, sender) DO UPDATE SET at = excluded.at WHERE vacation_replies.at < $4
            """,
            account.Value,
            Address.Normalize(sender),
            clock.GetUtcNow().ToUnixTimeMilliseconds(),
            since.ToUnixTimeMilliseconds()) > 0,
        cancellationToken);

    internal async Task PutAsync(AccountId account, Vacation vacation, CancellationToken cancellationToken)
    {
        await WriteAsync(account, vacation, cancellationToken);
        if (Changed is { } changed)
            await changed();
    }

    // Switched on anew, everybody is answered anew.
    private Task<int> WriteAsync(AccountId account, Vacation vacation, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            if (!vacation.IsEnabled)
                await tx.ExecuteAsync("DELETE FROM vacation_replies WHERE account_id = $1", account.Value);
            return await PutAsync(tx, account, vacation);
        },
        cancellationToken);

    private static async ValueTask<int> PutAsync(Tx tx, AccountId account, Vacation vacation) => await tx.ExecuteAsync(
            """
            INSERT INTO vacations (account_id, is_enabled, from_date, to_date, subject, text_body, html_body, modseq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (account_id) DO UPDATE SET is_enabled = excluded.is_enabled, from_date = excluded.from_date, to_date = excluded.to_date, subject = excluded.subject,
              text_body = excluded.text_body, html_body = excluded.html_body, modseq = excluded.modseq
            """,
            account.Value,
            vacation.IsEnabled ? 1 : 0,
            vacation.From?.ToUnixTimeMilliseconds(),
            vacation.To?.ToUnixTimeMilliseconds(),
            vacation.Subject,
            vacation.TextBody,
            vacation.HtmlBody,
            (await Mailboxes.BumpAsync(tx, account)).Value);
}
