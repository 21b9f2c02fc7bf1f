using System.Security.Cryptography;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>What an account held when its removal began (A8.1).</summary>
/// <param name="Addresses">The addresses that led to it, the primary one first; they stay reserved.</param>
/// <param name="Mailboxes">Folders.</param>
/// <param name="Messages">Messages, those in the vault included.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Digest">SHA-256 over the messages' own SHA-256 hashes in order of their keys: what was removed can be recognized in a backup, and not be read.</param>
public sealed record RemovedContent(IReadOnlyList<string> Addresses, int Mailboxes, long Messages, long Bytes, string Digest);

public sealed partial class Accounts
{
    /// <summary>Suspends an account (A8.1): mail goes on arriving, nobody reads or sends, and every session ends.</summary>
    public ValueTask<Refusal> SuspendAsync(Tx tx, AccountId account, string actor) => ChangeStateAsync(tx, account, AccountState.Suspended, actor);

    /// <summary>Opens an account again, with all its mail (A8.3).</summary>
    public async ValueTask<Refusal> ReopenAsync(Tx tx, AccountId account, string actor)
    {
        await tx.ExecuteAsync("UPDATE accounts SET moved_to = NULL, moved_until = NULL WHERE id = $1", account.Value);
        return await ChangeStateAsync(tx, account, AccountState.Active, actor);
    }

    /// <summary>Closes an account (A8.2): mail is refused, with the new address until <paramref name="movedUntil"/>; what it holds is kept.</summary>
    public async ValueTask<Refusal> CloseAsync(Tx tx, AccountId account, string? movedTo, DateTimeOffset? movedUntil, string actor)
    {
        await tx.ExecuteAsync("UPDATE accounts SET moved_to = $2, moved_until = $3 WHERE id = $1", account.Value, movedTo, movedUntil?.ToUnixTimeMilliseconds());
        return await ChangeStateAsync(tx, account, AccountState.Closed, actor);
    }

    /// <summary>
    /// Begins to remove an account for good: from the commit on nobody finds it, and <see cref="Erasure"/> takes away what it holds. Null where it was removed before.
    /// </summary>
    public async ValueTask<RemovedContent?> RemoveAsync(Tx tx, AccountId account, string actor)
    {
        if (await tx.ScalarAsync<long?>("SELECT 1 FROM accounts WHERE id = $1 AND state <> $2", account.Value, (int)AccountState.Removed) is null)
            return null;
        var (messages, bytes) = (0L, 0L);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await tx.ForEachAsync(
            "SELECT m.size, c.sha256 FROM messages m JOIN contents c ON c.id = m.content_id WHERE m.account_id = $1 ORDER BY m.id",
            row =>
            {
                messages++;
                bytes += row.GetInt64(0);
                digest.AppendData(row.GetFieldValue<byte[]>(1));
            },
            account.Value);
        var mailboxes = await tx.ScalarAsync<int>("SELECT COUNT(*) FROM mailboxes WHERE account_id = $1", account.Value);
        var addresses = await tx.QueryAsync("SELECT address FROM addresses WHERE account_id = $1 ORDER BY is_primary DESC, address", row => row.GetString(0), account.Value);
        await tx.ExecuteAsync("DELETE FROM grants WHERE account_id = $1 OR principal_id IN (SELECT id FROM principals WHERE home_account_id = $1)", account.Value);
        await tx.ExecuteAsync("UPDATE principals SET password_hash = NULL WHERE home_account_id = $1", account.Value);
        await ChangeStateAsync(tx, account, AccountState.Removed, actor);
        return new(addresses, mailboxes, messages, bytes, Convert.ToHexStringLower(digest.GetHashAndReset()));
    }

    /// <summary>Keeps what an account holds until a time, whatever else would take it away (legal hold); null ends that.</summary>
    public async ValueTask<Refusal> HoldAsync(Tx tx, AccountId account, DateTimeOffset? until, string actor)
    {
        if (await tx.ExecuteAsync("UPDATE accounts SET hold_until = $2 WHERE id = $1", account.Value, until?.ToUnixTimeMilliseconds()) == 0)
            return Refusal.NotFound;
        await Audit.WriteAsync(tx, Now, actor, "account.hold", $"account {account.Value}", until is { } at ? $"until {at:yyyy-MM-dd}" : "ended");
        return Refusal.None;
    }

    private async ValueTask<Refusal> ChangeStateAsync(Tx tx, AccountId account, AccountState state, string actor)
    {
        if (await tx.ExecuteAsync("UPDATE accounts SET state = $2 WHERE id = $1 AND state <> $3", account.Value, (int)state, (int)AccountState.Removed) == 0)
            return Refusal.NotFound;
        var principal = state switch { AccountState.Active => PrincipalState.Active, AccountState.Removed => PrincipalState.Removed, _ => PrincipalState.Suspended };
        await tx.ExecuteAsync("UPDATE principals SET state = $2 WHERE home_account_id = $1", account.Value, (int)principal);
        if (state != AccountState.Active)
            await tx.ExecuteAsync("DELETE FROM web_sessions WHERE principal_id IN (SELECT id FROM principals WHERE home_account_id = $1)", account.Value);
        await Audit.WriteAsync(tx, Now, actor, "account.state", $"account {account.Value}", state.ToString());
        return await TouchAsync(tx, account);
    }
}
