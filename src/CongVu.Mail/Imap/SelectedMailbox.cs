using CongVu.Formats.Imap;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap;

/// <summary>
/// The mailbox that a session has selected, as its client knows it: which messages it was told of, and up to which sequence. Between commands
/// this and the store's notices are all that a session keeps.
/// </summary>
internal sealed class SelectedMailbox : IDisposable
{
    private readonly HashSet<string> keywords;
    private readonly Dictionary<Uid, ModSeq> told = [];
    private List<Uid> gone = [];
    private IDisposable? subscription;
    private volatile bool dirty;

    internal SelectedMailbox(MailboxView view, bool readOnly)
    {
        Id = view.Mailbox.Id;
        Account = view.Mailbox.Account;
        UidValidity = view.Mailbox.UidValidity;
        Rights = view.Rights;
        Uids = view.Uids;
        HighestUid = view.Mailbox.UidNext.Value - 1;
        Known = view.Mailbox.HighestModSeq;
        ReadOnly = readOnly;
        keywords = new(view.Keywords, StringComparer.OrdinalIgnoreCase);
    }

    internal MailboxId Id { get; }

    internal AccountId Account { get; }

    internal uint UidValidity { get; }

    internal MailboxRights Rights { get; private set; }

    /// <summary>EXAMINE, or nothing here may be changed.</summary>
    internal bool ReadOnly { get; }

    /// <summary>The messages the client knows of, by message number.</summary>
    internal UidRuns Uids { get; private set; }

    /// <summary>The highest UID that was ever given, whether or not its message is still here; 0 for none.</summary>
    internal uint HighestUid { get; private set; }

    /// <summary>The client was told of every change up to here, expunges held back apart.</summary>
    internal ModSeq Known { get; private set; }

    /// <summary>The result of the last SEARCH RETURN (SAVE) (RFC 5182).</summary>
    internal UidSet SavedResult { get; set; } = UidSet.Empty;

    /// <summary>Something may have changed.</summary>
    internal bool IsDirty => dirty || gone.Count > 0;

    /// <summary>Keywords that the client was told of.</summary>
    internal IReadOnlyCollection<string> Keywords => keywords;

    /// <summary>From now on notices set <see cref="IsDirty"/> and call <paramref name="wake"/>.</summary>
    internal void Watch(ChangeStream changes, Action wake) => subscription = changes.Subscribe(Account, _ =>
    {
        dirty = true;
        wake();
    });

    /// <summary>The client knows these flags already: it was told of them, or has set them itself.</summary>
    internal void Told(FlagsResult stored)
    {
        if (IsNextChange(stored))
        {
            Known = stored.ModSeq;
            return;
        }
        foreach (var entry in stored.Entries)
            told[entry.Uid] = entry.ModSeq;
    }

    /// <summary>An account's sequence grows by one with each change: nobody else has changed anything since the client was told last.</summary>
    internal bool IsNextChange(FlagsResult stored) => stored.Changed && stored.ModSeq.Value == Known.Value + 1;

    internal bool MayChange(MailboxRights right) => !ReadOnly && Rights.HasFlag(right);

    /// <summary>Notes the keywords of an entry; true when the client has not heard of one of them.</summary>
    internal bool Learn(string spaced)
    {
        if (spaced.Length == 0)
            return false;
        var isNew = false;
        foreach (var keyword in spaced.Split(' '))
            isNew |= keywords.Add(keyword);
        return isNew;
    }

    /// <summary>
    /// Takes in what changed and says what to tell: messages gone (with the numbers they had, highest first) where that may be told now, whether
    /// there are more, and entries with other flags.
    /// </summary>
    internal Update TakeIn(MailboxChanges changes, bool tellExpunges, UidRuns? anew)
    {
        Rights = changes.Rights;
        // Tombstones do not reach back far enough: what is missing now is gone.
        var vanished = anew is null ? changes.Vanished : [.. Uids.Where(uid => !anew.Contains(uid))];
        foreach (var uid in vanished)
        {
            if (Uids.Contains(uid))
                gone.Add(uid);
        }
        List<(int Number, Uid Uid)> expunged = [];
        if (tellExpunges && gone.Count > 0)
        {
            gone.Sort();
            expunged = gone.Distinct().Select(uid => (Uids.SequenceOf(uid), uid)).Reverse().ToList();
            Uids = Uids.Without(gone);
            gone = [];
        }
        var before = Uids.Count;
        var changed = new List<Entry>();
        var added = new List<Uid>();
        foreach (var entry in changes.Changed)
        {
            if (!Uids.Contains(entry.Uid))
                added.Add(entry.Uid);
            else if (!told.TryGetValue(entry.Uid, out var known) || known < entry.ModSeq)
                changed.Add(entry);
        }
        Uids = Uids.With(added);
        HighestUid = Math.Max(HighestUid, Uids.Last?.Value ?? 0);
        Known = changes.ModSeq;
        told.Clear();
        told.TrimExcess();
        return new(expunged, Uids.Count > before, changed);
    }

    /// <summary>Called before the store is asked: a change after that sets it again.</summary>
    internal void Asking() => dirty = false;

    public void Dispose() => subscription?.Dispose();

    internal readonly record struct Update(List<(int Number, Uid Uid)> Expunged, bool More, List<Entry> Changed);
}
