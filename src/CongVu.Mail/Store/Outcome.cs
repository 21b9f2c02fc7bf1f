namespace CongVu.Mail.Store;

/// <summary>Why the store would not do what was asked: the caller's affair, unlike <see cref="Database.StoreException"/>. Nothing has changed.</summary>
public enum Refusal
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary>It does not exist, or the caller may not know that it does.</summary>
    NotFound,

    /// <summary>The caller sees it but may not do this.</summary>
    NoPermission,

    /// <summary>The name is taken.</summary>
    AlreadyExists,

    /// <summary>The name cannot be used.</summary>
    InvalidName,

    /// <summary>The mailbox has others below it.</summary>
    HasChildren,

    /// <summary>The account has no room for it.</summary>
    OverQuota,

    /// <summary>A message it names is gone.</summary>
    Expunged,

    /// <summary>A limit of number or size.</summary>
    TooMany,
}

/// <summary>A value, or the reason why there is none.</summary>
public readonly record struct Outcome<T>
{
    private readonly T? value;

    private Outcome(T? value, Refusal refusal)
    {
        this.value = value;
        Refusal = refusal;
    }

    /// <summary>Why not; <see cref="Refusal.None"/> when there is a value.</summary>
    public Refusal Refusal { get; }

    /// <summary>There is a value.</summary>
    public bool Ok => Refusal == Refusal.None;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public T Value => Ok ? value! : throw new InvalidOperationException($"There is no value: {Refusal}.");

#pragma warning disable CA2225, CA1000 // The conversions are the way to make one.
    /// <summary>Done.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, Refusal.None);

    /// <summary>Refused.</summary>
    public static implicit operator Outcome<T>(Refusal refusal) =>
        refusal == Refusal.None ? throw new ArgumentException("A refusal needs a reason.", nameof(refusal)) : new(default, refusal);
#pragma warning restore CA2225, CA1000
}
