using System.Buffers;
using System.Security.Cryptography;

namespace CongVu.Formats.SenderAuthentication;

/// <summary>The hashes of a body that its signatures ask for, made in one reading of it.</summary>
public sealed class BodyHashes : IDisposable
{
    private readonly List<BodyHash> hashes = [];

    /// <summary>Asks for a hash; it has its value after <see cref="ComputeAsync"/>.</summary>
    /// <param name="form">The form that is hashed.</param>
    /// <param name="length">Bytes of that form that count; null for all.</param>
    public BodyHash Request(Canonicalization form, long? length = null)
    {
        var known = hashes.Find(h => h.Form == form && h.Limit == length);
        if (known is null)
            hashes.Add(known = new(form, length));
        return known;
    }

    /// <summary>Reads the body, from where <paramref name="body"/> stands to its end.</summary>
    public async ValueTask ComputeAsync(Stream body, CancellationToken cancellationToken)
    {
        if (hashes.Count == 0)
            return;
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                Append(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        Finish();
    }

    /// <summary>Takes the next bytes of the body, where it is not read from a stream.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var hash in hashes)
            hash.Append(bytes);
    }

    /// <summary>The body has ended.</summary>
    public void Finish()
    {
        foreach (var hash in hashes)
            hash.Finish();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var hash in hashes)
            hash.Dispose();
    }
}

/// <summary>The SHA-256 of a body in one of its two forms.</summary>
public sealed class BodyHash : IDisposable
{
    private readonly IncrementalHash sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] buffer = new byte[4096];
    private int buffered;
    private long emitted;
    private long lineEnds;
    private bool gap;
    private bool carriageReturn;

    internal BodyHash(Canonicalization form, long? limit) => (Form, Limit) = (form, limit);

    /// <summary>The form.</summary>
    public Canonicalization Form { get; }

    /// <summary>Bytes that count; null for all.</summary>
    public long? Limit { get; }

    /// <summary>The hash, once the body was read.</summary>
    public byte[] Value { get; private set; } = [];

    /// <summary>Bytes of the whole body in this form.</summary>
    public long Length => emitted;

    /// <inheritdoc/>
    public void Dispose() => sha256.Dispose();

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            if (carriageReturn)
            {
                carriageReturn = false;
                if (b == (byte)'\n')
                {
                    gap = false;
                    lineEnds++;
                    continue;
                }
                Content((byte)'\r');
            }
            if (b == (byte)'\r')
                carriageReturn = true;
            else if (b is (byte)' ' or (byte)'\t' && Form == Canonicalization.Relaxed)
                gap = true;
            else
                Content(b);
        }
    }

    // §3.4.3-4: empty lines at the end go; what is left ends with one line end, and so does an empty body in the simple form.
    internal void Finish()
    {
        if (carriageReturn)
            Content((byte)'\r');
        if (emitted > 0 || Form == Canonicalization.Simple)
        {
            Emit((byte)'\r');
            Emit((byte)'\n');
        }
        sha256.AppendData(buffer, 0, buffered);
        Value = sha256.GetHashAndReset();
    }

    private void Content(byte b)
    {
        for (; lineEnds > 0; lineEnds--)
        {
            Emit((byte)'\r');
            Emit((byte)'\n');
        }
        if (gap)
            Emit((byte)' ');
        gap = false;
        Emit(b);
    }

    private void Emit(byte b)
    {
        if (emitted++ >= Limit)
            return;
        if (buffered == buffer.Length)
        {
            sha256.AppendData(buffer);
            buffered = 0;
        }
        buffer[buffered++] = b;
    }
}
