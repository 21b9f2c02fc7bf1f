using CongVu.Governance.Passwords;
using CongVu.Mail.Store;

namespace CongVu.Server.Hosting;

/// <summary>The administrator of a new installation: told once, kept nowhere.</summary>
internal sealed record FirstAdministrator(string Address, string Password);

/// <summary>What a start makes sure of: the configured domains, and in a new installation an administrator. There is no default password.</summary>
internal static class FirstStart
{
    /// <summary>The domain of an installation that nobody has told one (RFC 2606 §2: it can never be anybody's).</summary>
    public const string UnsetDomain = "congvu.test";

    private const string Actor = "start";

    /// <summary>Adds what is missing; returns the administrator when it was made now.</summary>
    public static async Task<FirstAdministrator?> EnsureAsync(MailStore store, IReadOnlyList<string> domains, CancellationToken cancellationToken)
    {
        var known = await store.Accounts.DomainsAsync(cancellationToken);
        if (domains.Count == 0 && known.Count == 0)
            domains = [UnsetDomain];
        foreach (var domain in domains.Except(known, StringComparer.OrdinalIgnoreCase))
            await store.Accounts.AddDomainAsync(domain, Actor, cancellationToken);
        if ((await store.Accounts.ListAsync(cancellationToken)).Count > 0)
            return null;

        var first = domains.Count > 0 ? domains[0] : known[0];
        var administrator = new FirstAdministrator($"quantri@{first}", PasswordRule.Generate());
        var added = await store.Accounts.AddPersonAsync(new(administrator.Address, "Quản trị hệ thống", administrator.Password, IsAdministrator: true), Actor, cancellationToken);
        if (!added.Ok)
            throw new InvalidOperationException($"The administrator {administrator.Address} could not be added: {added.Refusal}.");
        // RFC 5321 §4.5.1, RFC 2142: these must reach a person.
        foreach (var name in new[] { "postmaster", "abuse" })
            await store.Accounts.AddAliasAsync(added.Value.Id, $"{name}@{first}", Actor, cancellationToken);
        return administrator;
    }
}
