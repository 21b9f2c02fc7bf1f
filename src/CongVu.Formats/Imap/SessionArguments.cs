namespace CongVu.Formats.Imap;

/// <summary>LOGIN (RFC 9051 §6.2.3).</summary>
/// <param name="User">Who.</param>
/// <param name="Password">The password.</param>
public sealed record LoginArguments(string User, string Password)
{
    /// <summary>Reads the arguments.</summary>
    public static LoginArguments Read(ref ImapReader reader)
    {
        reader.Space();
        var user = reader.AString("a user name");
        reader.Space();
        var password = reader.AString("a password");
        reader.End();
        return new(user, password);
    }

    /// <inheritdoc/>
    public override string ToString() => $"LOGIN {User}";
}

/// <summary>AUTHENTICATE (RFC 9051 §6.2.2, RFC 4959).</summary>
/// <param name="Mechanism">In capitals.</param>
/// <param name="Initial">The initial response in base64, "=" for an empty one; null when the client waits for a challenge.</param>
public sealed record AuthenticateArguments(string Mechanism, string? Initial)
{
    /// <summary>Reads the arguments.</summary>
    public static AuthenticateArguments Read(ref ImapReader reader)
    {
        reader.Space();
        var mechanism = reader.Word("a mechanism");
        var initial = reader.Try((byte)' ') ? System.Text.Encoding.ASCII.GetString(reader.Opaque("an initial response")) : null;
        reader.End();
        return new(mechanism, initial);
    }

    /// <inheritdoc/>
    public override string ToString() => $"AUTHENTICATE {Mechanism}";
}

/// <summary>ENABLE (RFC 5161).</summary>
/// <param name="Capabilities">In capitals.</param>
public sealed record EnableArguments(IReadOnlyList<string> Capabilities)
{
    private const int MaxNames = 50;

    /// <summary>Reads the arguments.</summary>
    public static EnableArguments Read(ref ImapReader reader)
    {
        var names = new List<string>();
        do
        {
            reader.Space();
            names.Add(reader.Atom("a capability").ToUpperInvariant());
        }
        while (!reader.Failed && !reader.AtEnd && names.Count < MaxNames);
        reader.End();
        return new(names);
    }
}

/// <summary>ID (RFC 2971).</summary>
/// <param name="Fields">What the client says of itself.</param>
public sealed record IdArguments(IReadOnlyList<KeyValuePair<string, string?>> Fields)
{
    /// <summary>RFC 2971 §3.3.</summary>
    private const int MaxFields = 30;

    /// <summary>Reads the arguments.</summary>
    public static IdArguments Read(ref ImapReader reader)
    {
        reader.Space();
        var fields = new List<KeyValuePair<string, string?>>();
        if (!reader.TryWord("NIL"u8))
        {
            reader.Expect((byte)'(');
            while (!reader.Failed && !reader.Try((byte)')'))
            {
                var name = reader.String("a field name");
                reader.Space();
                fields.Add(new(name, reader.NString("a field value")));
                if (fields.Count > MaxFields)
                    reader.Fail("Too many fields");
                if (reader.Next != ')')
                    reader.Space();
            }
        }
        reader.End();
        return new(fields);
    }
}
