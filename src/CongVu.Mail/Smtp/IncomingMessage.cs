using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Smtp;

/// <summary>
/// A message on its way in. Once it is refused, or the store fails, nothing more of it is kept; but its sender sends on, so it is read to its end all the
/// same, lest its text be taken for commands.
/// </summary>
internal sealed class IncomingMessage(ContentWriter content, long maxBytes) : IAsyncDisposable
{
    /// <summary>What was kept.</summary>
    internal ContentWriter Content => content;

    /// <summary>Bytes that have come, kept or not.</summary>
    internal long Received { get; private set; }

    /// <summary>Why it will not be taken.</summary>
    internal SmtpRefusal Refusal { get; private set; }

    /// <summary>What went wrong in the store.</summary>
    internal Exception? Failure { get; private set; }

    /// <summary>Notes a refusal; the first one stands. What was kept so far is dropped.</summary>
    internal ValueTask RefuseAsync(SmtpRefusal refusal)
    {
        if (Refusal != SmtpRefusal.None)
            return default;
        Refusal = refusal;
        return content.DisposeAsync();
    }

    /// <summary>Keeps the next bytes, as far as the message may still be taken.</summary>
    internal ValueTask KeepAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Received += bytes.Length;
        if (Refusal != SmtpRefusal.None)
            return default;
        if (Received > maxBytes)
            return RefuseAsync(SmtpRefusal.MessageTooLarge);
        try
        {
            var written = content.WriteAsync(bytes, cancellationToken);
            return written.IsCompletedSuccessfully ? default : FinishAsync(written);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return FailAsync(error);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => content.DisposeAsync();

    /// <summary>A failure of ours is a matter of time: the sender is to try again.</summary>
    internal static SmtpRefusal RefusalOf(Exception error) => error is StoreException { OutOfSpace: true } or IOException { HResult: 28 or 122 } // ENOSPC, EDQUOT
        ? SmtpRefusal.NoSpace
        : SmtpRefusal.StoreFailure;

    private async ValueTask FinishAsync(ValueTask written)
    {
        try
        {
            await written;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            await FailAsync(error);
        }
    }

    private ValueTask FailAsync(Exception error)
    {
        Failure = error;
        return RefuseAsync(RefusalOf(error));
    }
}
