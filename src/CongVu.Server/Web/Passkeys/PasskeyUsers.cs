using System.Globalization;
using CongVu.Mail.Store;
using Microsoft.AspNetCore.Identity;

namespace CongVu.Server.Web.Passkeys;

/// <summary>What ASP.NET Core's checks of passkeys read of the store. They read only: what changes is written by the endpoints, so the rest is not there.</summary>
internal sealed class PasskeyUsers(MailStore store) : IUserPasskeyStore<Principal>
{
    internal static string IdOf(PrincipalId principal) => principal.Value.ToString(CultureInfo.InvariantCulture);

    public Task<string> GetUserIdAsync(Principal user, CancellationToken cancellationToken) => Task.FromResult(IdOf(user.Id));

    public Task<string?> GetUserNameAsync(Principal user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Login);

    public async Task<Principal?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        long.TryParse(userId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? await store.Accounts.FindPrincipalAsync(new PrincipalId(id), cancellationToken) : null;

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Principal user, CancellationToken cancellationToken) =>
        (await store.Passkeys.ListAsync(user.Id, cancellationToken)).ConvertAll(Info);

    public async Task<Principal?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await store.Passkeys.FindAsync(credentialId, cancellationToken) is { } passkey ? await store.Accounts.FindPrincipalAsync(passkey.Principal, cancellationToken) : null;

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(Principal user, byte[] credentialId, CancellationToken cancellationToken) =>
        await store.Passkeys.FindAsync(credentialId, cancellationToken) is { } passkey && passkey.Principal == user.Id ? Info(passkey) : null;

    public Task AddOrUpdatePasskeyAsync(Principal user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RemovePasskeyAsync(Principal user, byte[] credentialId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> CreateAsync(Principal user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> DeleteAsync(Principal user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> UpdateAsync(Principal user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Principal?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string?> GetNormalizedUserNameAsync(Principal user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetNormalizedUserNameAsync(Principal user, string? normalizedName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetUserNameAsync(Principal user, string? userName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    // What an authenticator said of itself when the key was made is not kept: nothing is decided by it.
    private static UserPasskeyInfo Info(Passkey p) =>
        new(p.CredentialId, p.PublicKey, p.Created, p.SignCount, [.. p.Transports], isUserVerified: true, p.IsBackupEligible, p.IsBackedUp, [], []);
}
