namespace CongVu.Formats.Files;

/// <summary>How far a message's files are opened. What lies beyond is not passed unseen: it is <see cref="FileConcern.Unreadable"/>.</summary>
public sealed record FileWalkLimits
{
    /// <summary>Files in files: nobody packs a fifth time.</summary>
    public int Depth { get; init; } = 5;

    /// <summary>Files of one message.</summary>
    public int Files { get; init; } = 5_000;

    /// <summary>Bytes that all of them say to be, unpacked: 30 MB of attachments are rarely ten times as much.</summary>
    public long UnpackedBytes { get; init; } = 1L << 30;

    /// <summary>Bytes that are read of them: a second or two of work.</summary>
    public long ReadBytes { get; init; } = 300L << 20;

    /// <summary>Times that an archive of more than 10 MB unpacked may be larger than it was packed.</summary>
    public int Ratio { get; init; } = 300;

    /// <summary>Characters of documents' text that are given back.</summary>
    public int TextCharacters { get; init; } = 400_000;
}
