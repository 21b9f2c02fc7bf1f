using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CongVu.Formats.Mime;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>
/// What decides a message's conversation (RFC 8621 §3): the hashes of its own Message-ID and of those it refers to, each taken together with
/// the base subject, so that a reply under a new subject starts anew.
/// </summary>
internal readonly record struct ThreadKeys(long Own, long[] References)
{
    /// <summary>A long chain is known by its ends: the first one and the latest.</summary>
    private const int MaxReferences = 12;

    internal static ThreadKeys Of(ReadOnlyMemory<byte> facts) => Of(MessageFacts.Deserialize(facts));

    internal static ThreadKeys Of(MessageFacts facts)
    {
        var references = facts.References;
        var kept = references.Count <= MaxReferences ? references : [references[0], .. references.Skip(references.Count - MaxReferences + 1)];
        var own = string.IsNullOrEmpty(facts.MessageId) ? BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) & long.MaxValue : Hash(facts.MessageId, facts.BaseSubject);
        return new(own, [.. kept.Select(id => Hash(id, facts.BaseSubject))]);
    }

    private static long Hash(string id, string subject)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{id}\0{subject}"), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash) & long.MaxValue;
    }
}

/// <summary>Finds or starts the conversation of a message. A thread's id is the hash of what it began with; it never changes.</summary>
internal static class Threads
{
    internal static async ValueTask<long> AssignAsync(Tx tx, AccountId account, ThreadKeys keys)
    {
        const string find = "SELECT thread_id FROM thread_refs WHERE account_id = $1 AND ref = $2";
        const string put = "INSERT INTO thread_refs (account_id, ref, thread_id) VALUES ($1, $2, $3) ON CONFLICT (account_id, ref) DO NOTHING";
        var thread = await tx.ScalarAsync<long?>(find, account.Value, keys.Own);
        if (thread is not null && keys.References.Length == 0)
            return thread.Value;
        foreach (var reference in keys.References)
            thread ??= await tx.ScalarAsync<long?>(find, account.Value, reference);
        var id = thread ?? (keys.References is [var root, ..] ? root : keys.Own);
        await tx.ExecuteAsync(put, account.Value, keys.Own, id);
        foreach (var reference in keys.References)
            await tx.ExecuteAsync(put, account.Value, reference, id);
        return id;
    }
}
