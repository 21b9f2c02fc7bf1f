using CongVu.Mail.Store;

namespace CongVu.Server.Transfer;

/// <summary>Takes the bytes of a message, a piece at a time.</summary>
internal delegate ValueTask ByteSink(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

/// <summary>A message found in a source. Its bytes can be copied once, before the next one is asked for.</summary>
/// <param name="Place">Where it stands, for messages to people.</param>
/// <param name="Folder">The mailbox below the target that it belongs into; empty for the target itself.</param>
/// <param name="Flags">Flags that the source keeps outside the message.</param>
/// <param name="Keywords">Keywords that the source keeps outside the message.</param>
/// <param name="Received">When it arrived, where the source knows.</param>
/// <param name="CopyAsync">Copies it with lines that end in CRLF.</param>
internal sealed record ImportedMessage(
    string Place,
    string Folder,
    MessageFlags Flags,
    IReadOnlyList<string> Keywords,
    DateTimeOffset? Received,
    Func<ByteSink, CancellationToken, ValueTask> CopyAsync);
