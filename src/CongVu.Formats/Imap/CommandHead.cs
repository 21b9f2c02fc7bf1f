namespace CongVu.Formats.Imap;

/// <summary>What a command begins with.</summary>
/// <param name="Tag">Its tag.</param>
/// <param name="Name">Its name in capitals, without "UID".</param>
/// <param name="Uid">It began with "UID": its numbers are UIDs.</param>
public readonly record struct CommandHead(string Tag, string Name, bool Uid)
{
    /// <summary>Tags are echoed: a longer one is no tag.</summary>
    private const int MaxTag = 200;

    /// <summary>Reads tag and name; the arguments' first space comes next.</summary>
    public static CommandHead Read(ref ImapReader reader)
    {
        var tag = reader.Tag();
        if (tag.Length > MaxTag)
            reader.Fail("The tag is too long");
        reader.Space();
        var name = reader.Word("a command");
        var uid = name == "UID";
        if (uid)
        {
            reader.Space();
            name = reader.Word("a command");
        }
        return new(tag, name, uid);
    }
}
