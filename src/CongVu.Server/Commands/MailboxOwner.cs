using CongVu.Mail.Store;

namespace CongVu.Server.Commands;

/// <summary>In whose name the command line works in an account: its holder's, or a custodian's of an organization's mailbox.</summary>
internal static class MailboxOwner
{
    /// <summary>The principal, and what it writes before the account's own mailbox names.</summary>
    public static async Task<(PrincipalId Who, string Prefix)> FindAsync(CommandContext context, MailStore store, Account account, CancellationToken cancellationToken)
    {
        foreach (var (login, rights) in await store.Accounts.GrantsAsync(account.Id, cancellationToken))
        {
            if (rights.HasFlag(AccountRights.Own) && await store.Accounts.FindPrincipalAsync(login, cancellationToken) is { State: PrincipalState.Active } principal)
                return (principal.Id, principal.HomeAccount == account.Id ? "" : $"Shared/{account.PrimaryAddress}/");
        }
        throw new CommandException(context.Texts["account.nobody", account.PrimaryAddress]);
    }
}
