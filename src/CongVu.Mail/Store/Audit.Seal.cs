using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>The end of the chain at a moment.</summary>
/// <param name="Sequence">The place of its last row; 0 of an empty chain.</param>
/// <param name="Seal">That row's seal, SHA-256 over everything before and the row.</param>
public readonly record struct AuditHead(long Sequence, byte[] Seal)
{
    /// <summary>As a line of a file or a log has it: "17 0123ab…".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence} {Convert.ToHexStringLower(Seal)}");

    /// <summary>Reads what <see cref="ToString"/> writes, whatever follows it; null of anything else.</summary>
    public static AuditHead? Parse(string line)
    {
        var parts = line.Split(' ', 3);
        return parts.Length >= 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && parts[1].Length == 64 && parts[1].All(char.IsAsciiHexDigit)
            ? new AuditHead(sequence, Convert.FromHexString(parts[1]))
            : null;
    }
}

/// <summary>What is wrong with the chain.</summary>
public enum AuditFault
{
    /// <summary>The row, or its place, is not what was sealed.</summary>
    Changed,

    /// <summary>A row is missing before this place.</summary>
    Missing,

    /// <summary>The chain is shorter than a head that was written down, or another one.</summary>
    HeadMissing,

    /// <summary>The row has waited too long to be sealed: no sealer runs, or its seal was taken away.</summary>
    Unsealed,
}

/// <summary>A place where the chain is broken.</summary>
/// <param name="Fault">How.</param>
/// <param name="Sequence">The place in the chain; of an unsealed row 0.</param>
/// <param name="Id">The row's key; 0 when there is none.</param>
public sealed record AuditFinding(AuditFault Fault, long Sequence, long Id);

/// <summary>What a verification found.</summary>
/// <param name="Rows">Rows in the chain.</param>
/// <param name="Waiting">Rows that are not sealed yet.</param>
/// <param name="Head">The end of the chain.</param>
/// <param name="Findings">What is wrong; the first hundred.</param>
public sealed record AuditReport(long Rows, long Waiting, AuditHead Head, IReadOnlyList<AuditFinding> Findings);

public sealed partial class Audit
{
    /// <summary>Rows sealed in one transaction.</summary>
    private const int SealAtOnce = 500;

    private const int MaxFindings = 100;

    /// <summary>A row that has waited longer is a finding: the sealer comes every second where a server runs.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private static readonly byte[] Beginning = new byte[SHA256.HashSizeInBytes];

    /// <summary>Chains the rows that wait, a few hundred at a time; returns the end of the chain, or null when none waited.</summary>
    public async Task<AuditHead?> SealAsync(CancellationToken cancellationToken)
    {
        if (await database.ReadAsync(tx => tx.ScalarAsync<long?>("SELECT id FROM audit WHERE seal IS NULL LIMIT 1"), cancellationToken) is null)
            return null;
        return await database.WriteAsync(SealAsync, cancellationToken);
    }

    /// <summary>Checks the whole chain, and that the heads that were written down elsewhere are in it.</summary>
    public ValueTask<AuditReport> VerifyAsync(IReadOnlyCollection<AuditHead> heads, CancellationToken cancellationToken) => database.ReadAsync(
        async tx =>
        {
            var findings = new List<AuditFinding>();
            var expected = heads.GroupBy(h => h.Sequence).ToDictionary(g => g.Key, g => g.ToList());
            var head = new AuditHead(0, Beginning);
            var rows = 0L;
            await tx.ForEachAsync(
                "SELECT id, at, actor, action, subject, detail, seal_sequence, seal FROM audit WHERE seal_sequence IS NOT NULL OR seal IS NOT NULL ORDER BY seal_sequence, id",
                row =>
                {
                    rows++;
                    var entry = Read(row);
                    var seal = row.IsDBNull(7) ? [] : row.GetFieldValue<byte[]>(7);
                    var sequence = entry.Sequence ?? 0;
                    if (sequence > head.Sequence + 1)
                        Found(AuditFault.Missing, head.Sequence + 1, 0);
                    else if (sequence != head.Sequence + 1 || !SealOf(head.Seal, sequence, entry).AsSpan().SequenceEqual(seal))
                        Found(AuditFault.Changed, sequence, entry.Id);
                    // From here on the chain is followed as it stands, so that one wound is one finding.
                    head = new(sequence, seal);
                    if (expected.Remove(sequence, out var written) && written.Exists(h => !h.Seal.AsSpan().SequenceEqual(seal)))
                        Found(AuditFault.HeadMissing, sequence, entry.Id);
                });
            foreach (var lost in expected.Keys.Where(s => s > 0).Order())
                Found(AuditFault.HeadMissing, lost, 0);
            var oldest = (clock.GetUtcNow() - LongestWait).ToUnixTimeMilliseconds();
            var waiting = 0L;
            await tx.ForEachAsync(
                "SELECT id, at FROM audit WHERE seal IS NULL AND seal_sequence IS NULL ORDER BY id",
                row =>
                {
                    waiting++;
                    if (row.GetInt64(1) < oldest)
                        Found(AuditFault.Unsealed, 0, row.GetInt64(0));
                });
            return new AuditReport(rows, waiting, head, findings);

            void Found(AuditFault fault, long sequence, long id)
            {
                if (findings.Count < MaxFindings)
                    findings.Add(new(fault, sequence, id));
            }
        },
        cancellationToken);

    private static async ValueTask<AuditHead?> SealAsync(Tx tx)
    {
        // One sealer at a time, whichever process it is in; SQLite has one writer anyway.
        if (tx.IsPostgres)
            await tx.ExecuteAsync("SELECT pg_advisory_xact_lock(4720221)");
        var head = await tx.FirstAsync<AuditHead?>(
            "SELECT seal_sequence, seal FROM audit WHERE seal_sequence IS NOT NULL ORDER BY seal_sequence DESC LIMIT 1", row => new AuditHead(row.GetInt64(0), row.GetFieldValue<byte[]>(1))) ?? new(0, Beginning);
        var waiting = await tx.QueryAsync($"SELECT id, at, actor, action, subject, detail, seal_sequence FROM audit WHERE seal IS NULL ORDER BY id LIMIT {SealAtOnce}", Read);
        foreach (var entry in waiting)
        {
            head = new(head.Sequence + 1, SealOf(head.Seal, head.Sequence + 1, entry));
            await tx.ExecuteAsync("UPDATE audit SET seal_sequence = $2, seal = $3 WHERE id = $1", entry.Id, head.Sequence, head.Seal);
        }
        return head;
    }

    // Each field with its length, so that no two rows are the same bytes.
    private static byte[] SealOf(byte[] previous, long sequence, AuditEntry entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        Span<byte> numbers = stackalloc byte[3 * sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(numbers, sequence);
        BinaryPrimitives.WriteInt64BigEndian(numbers[sizeof(long)..], entry.Id);
        BinaryPrimitives.WriteInt64BigEndian(numbers[(2 * sizeof(long))..], entry.At.ToUnixTimeMilliseconds());
        hash.AppendData(numbers);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var text in new[] { entry.Actor, entry.Action, entry.Subject, entry.Detail })
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        return hash.GetHashAndReset();
    }
}
