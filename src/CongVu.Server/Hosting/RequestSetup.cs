using CongVu.Governance;
using CongVu.Server.Configuration;

namespace CongVu.Server.Hosting;

/// <summary>What the configuration says of requests: the intake mailboxes, and in whose name answers go out.</summary>
internal static class RequestSetup
{
    public static void Apply(GovernanceStore store, ServerOptions options)
    {
        if (options.IntakeAddresses is { Count: > 0 } intake)
            store.Requests.IntakeAddresses = intake;
        store.Requests.Issuer = options.Issuer;
    }
}
