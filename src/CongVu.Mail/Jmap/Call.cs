using System.Globalization;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Jmap;

/// <summary>One method call at work.</summary>
internal sealed class Call(Request request, string id, Arguments arguments)
{
    internal JmapApi Api => request.Api;

    internal MailStore Store => request.Api.Store;

    internal JmapLimits Limits => request.Api.Limits;

    internal PrincipalId Who => request.Who;

    internal Request Request => request;

    internal string Id => id;

    internal Arguments Arguments => arguments;

    /// <summary>Calls to run when this one is done.</summary>
    internal List<(string Name, ReadOnlyMemory<byte> Arguments)> Implied { get; } = [];

    /// <summary>The account that the call is about, once that was asked for.</summary>
    internal AccountId? Account { get; private set; }

    /// <summary>The account that an argument names.</summary>
    internal AccountId AccountOf(string argument = "accountId")
    {
        var account = JmapId.Account(arguments.NeededId(argument)) ?? throw new MethodErrorException(argument == "fromAccountId" ? "fromAccountNotFound" : "accountNotFound");
        Account = account;
        return account;
    }

    /// <summary>Runs <paramref name="read"/> over the account that accountId names.</summary>
    internal async ValueTask<T> InScopeAsync<T>(Func<Tx, AccountScope, ValueTask<T>> read, CancellationToken cancellationToken, string argument = "accountId")
        where T : class =>
        await Store.Messages.InScopeAsync<T>(Who, AccountOf(argument), async (tx, scope) => await read(tx, scope), cancellationToken)
            ?? throw new MethodErrorException(argument == "fromAccountId" ? "fromAccountNotFound" : "accountNotFound");

    /// <summary>An id that a client gave: its own creation id after '#', or one of ours.</summary>
    internal string Resolve(string given) => given.StartsWith('#') && request.CreatedIds.TryGetValue(given[1..], out var made) ? made : given;

    /// <summary>The ids of a /get; null for all.</summary>
    internal IReadOnlyList<string>? Ids()
    {
        var ids = arguments.Texts("ids");
        if (ids?.Count > Limits.MaxObjectsInGet)
            throw new MethodErrorException("requestTooLarge", $"At most {Limits.MaxObjectsInGet} ids.");
        return ids?.Select(Resolve).Distinct().ToArray();
    }

    /// <summary>The properties of a /get, each one of <paramref name="known"/>; id always is. Null for all.</summary>
    internal HashSet<string>? Properties(IReadOnlySet<string> known)
    {
        if (arguments.Texts("properties") is not { } names)
            return null;
        foreach (var name in names)
        {
            if (!known.Contains(name))
                throw MethodErrorException.InvalidArguments($"There is no property {name}.");
        }
        return [.. names, "id"];
    }

    /// <summary>The state of what lives in an account's messages and mailboxes.</summary>
    internal string State(AccountScope scope) => StateOf(scope, Store.Epoch);

    /// <summary>The state at another sequence of the same view.</summary>
    internal string State(AccountScope scope, ModSeq at) => StateOf(scope with { Account = scope.Account with { ModSeq = at } }, Store.Epoch);

    /// <summary>The sequence that sinceState tells.</summary>
    internal ModSeq Since(AccountScope scope, string argument) =>
        ReadState(arguments.NeededText(argument), scope, Store.Epoch) ?? throw new MethodErrorException("cannotCalculateChanges");

    /// <summary>A state's text (RFC 8620 §1.6.2): the sequence, and for those who see a part of an account, which part it is.</summary>
    internal static string StateOf(AccountScope scope, long epoch) => scope.IsOwner
        ? string.Create(CultureInfo.InvariantCulture, $"{epoch}-{scope.ModSeq.Value}")
        : string.Create(CultureInfo.InvariantCulture, $"{epoch}-{scope.ModSeq.Value}-{View(scope)}");

    /// <summary>The sequence that a state tells; null where it is of another epoch or view, or not of this server.</summary>
    internal static ModSeq? ReadState(string state, AccountScope scope, long epoch)
    {
        var fields = state.Split('-');
        if (fields.Length != (scope.IsOwner ? 2 : 3) || !long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var of) || of != epoch
            || !long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var modSeq) || modSeq > scope.ModSeq.Value || modSeq < scope.Floor.Value)
            return null;
        return scope.IsOwner || fields[2] == View(scope) ? new ModSeq(modSeq) : null;
    }

    // Which mailboxes are visible with which rights: another view is another state.
    private static string View(AccountScope scope)
    {
        var hash = 14695981039346656037UL;
        foreach (var mailbox in scope.Mailboxes.Values.OrderBy(m => m.Mailbox.Id.Value))
            hash = unchecked((((hash ^ (ulong)mailbox.Mailbox.Id.Value) * 1099511628211UL) ^ (ulong)mailbox.Rights) * 1099511628211UL);
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}

/// <summary>Ids as JMAP writes them: a letter that says of what, and the key.</summary>
internal static class JmapId
{
    internal static string Of(AccountId id) => Of('a', id.Value);

    internal static string Of(MailboxId id) => Of('m', id.Value);

    internal static string Of(MessageId id) => Of('e', id.Value);

    internal static string Thread(long id) => Of('t', id);

    internal static string Of(char kind, long value) => string.Create(CultureInfo.InvariantCulture, $"{kind}{value}");

    internal static AccountId? Account(string id) => Read(id, 'a') is { } value ? new AccountId(value) : null;

    internal static MailboxId? Mailbox(string id) => Read(id, 'm') is { } value ? new MailboxId(value) : null;

    internal static MessageId? Message(string id) => Read(id, 'e') is { } value ? new MessageId(value) : null;

    internal static long? Read(string id, char kind) =>
        id.Length is > 1 and < 21 && id[0] == kind && long.TryParse(id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && (id[1] != '0' || id.Length == 2) ? value : null;
}
