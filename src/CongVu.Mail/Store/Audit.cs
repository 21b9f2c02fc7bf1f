using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>Who did what to whom: a row written in the same transaction as the change that it describes (A14.5).</summary>
internal static class Audit
{
    internal static async ValueTask WriteAsync(Tx tx, long at, string actor, string action, string subject, string detail) =>
        await tx.ExecuteAsync("INSERT INTO audit (at, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5)", at, actor, action, subject, detail);
}
