using System.CommandLine;
using CongVu.Governance.Addresses;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Governance.Resources;
using CongVu.Server.Configuration;

namespace CongVu.Server.Commands;

/// <summary><c>congvu addresses</c>: what the Regulation makes of names (A5).</summary>
internal static class AddressCommands
{
    public static Command Build(CommandContext context) => new("addresses", context.Texts["help.addresses"]) { Propose(context) };

    private static Command Propose(CommandContext context)
    {
        var texts = context.Texts;
        var organization = new Option<string>("--organization") { Description = texts["option.organizationPath"], HelpName = texts["arg.name"], Required = true };
        var name = new Option<string?>("--name") { Description = texts["option.personName"], HelpName = texts["arg.name"] };
        var profileId = new Option<string?>("--profile") { Description = texts["option.profile"], HelpName = texts["arg.name"] };
        var birthYear = new Option<int?>("--birth-year") { Description = texts["option.birthYear"], HelpName = texts["arg.year"] };
        var identity = new Option<string?>("--identity-number") { Description = texts["option.identityNumber"], HelpName = texts["arg.number"] };
        var json = new Option<bool>("--json") { Description = texts["option.json"] };
        var command = new Command("propose", texts["help.addresses.propose"]) { organization, name, profileId, birthYear, identity, json };
        command.SetAction(async (parsed, token) =>
        {
            var chosen = parsed.GetValue(profileId) ?? AddressProfiles.Default.Id;
            if (!AddressProfiles.All.TryGetValue(chosen, out var profile))
                throw new CommandException(texts["profile.unknown", chosen, string.Join(", ", AddressProfiles.All.Keys.Order())]);
            var node = OrganizationPath.Parse(parsed.GetValue(organization)!) ?? throw new CommandException(texts["organization.unreadable", parsed.GetValue(organization)]);
            AddressProposal proposal;
            if (parsed.GetValue(name) is { } fullName)
            {
                var person = PersonName.Guess(fullName) ?? throw new CommandException(texts["person.unreadable", fullName]);
                var asked = new PersonForAddress(person, node) { BirthYear = parsed.GetValue(birthYear), IdentityNumber = parsed.GetValue(identity) };
                var taken = await TakenAsync(context, parsed, profile, token);
                proposal = PersonAddresses.Propose(asked, profile, taken.Contains);
            }
            else
            {
                // What the body has already is no obstacle to seeing why.
                proposal = OrganizationAddresses.Propose(node, profile);
            }
            var wording = new Wording(texts["culture"] == "vi");
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                CommandContext.WriteJson(output, new { address = proposal.Address is { Length: > 0 } address ? address : null, rule = proposal.Citation, explanation = wording.Explain(proposal), fault = proposal.Fault == AddressFault.None ? null : (AddressFault?)proposal.Fault, proposal.NeedsReview, profile = profile.Id });
                return proposal.Fault == AddressFault.None ? CommandLine.Done : CommandLine.Failed;
            }
            if (proposal.Fault != AddressFault.None)
                throw new CommandException(wording.Explain(proposal));
            output.WriteLine(proposal.Address);
            output.WriteLine($"{proposal.Citation}: {wording.Explain(proposal)}");
            return CommandLine.Done;
        });
        return command;
    }

    // Addresses and aliases of the installation, when there is one here.
    private static async Task<HashSet<string>> TakenAsync(CommandContext context, ParseResult parsed, AddressProfile profile, CancellationToken cancellationToken)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var server = ServerOptions.From(context.Configure(parsed));
        if (server.Store.PostgresConnection is null && !File.Exists(Path.Combine(server.DataFolder, "store.db")))
            return taken;
        await using var store = await context.OpenStoreAsync(parsed, cancellationToken);
        foreach (var address in await store.Accounts.AllAddressesAsync(cancellationToken))
        {
            if (address.EndsWith($"@{profile.Domain}", StringComparison.OrdinalIgnoreCase))
                taken.Add(address[..address.LastIndexOf('@')].ToLowerInvariant());
        }
        return taken;
    }
}
