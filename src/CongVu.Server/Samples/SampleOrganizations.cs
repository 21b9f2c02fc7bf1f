using CongVu.Governance;
using CongVu.Governance.Authorities;
using CongVu.Governance.Imports;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Mail.Store;
using static CongVu.Server.Samples.SampleOffice;

namespace CongVu.Server.Samples;

/// <summary>
/// The sample's organizations and people: the province's bodies, districts and communes as they stood in 2022 (public administrative list, spelled as published; the offices of districts are
/// the usual ones), and the made-up people of <see cref="SampleOffice"/> with their duties and roles.
/// </summary>
internal static class SampleOrganizations
{
    private static readonly Actor Actor = new("sample");

    // Who works where, under which staff code, as what.
    private static readonly (SampleAccount Account, string Code, string Organization, DateOnly Since, Duty[] Duties, Role? Role)[] People =
    [
        (Deputy, "CB0001", "Sở Thông tin và Truyền thông", new(2001, 3, 1), [Duty.Deputy], Role.ManagingBody),
        (Chief, "CB0002", "Sở Thông tin và Truyền thông", new(2006, 9, 1), [Duty.Custodian, Duty.Liaison], null),
        (Officer, "CB0003", "Sở Thông tin và Truyền thông", new(2012, 2, 1), [Duty.Custodian], null),
        (Operator, "CB0004", "Trung tâm Công nghệ thông tin và Truyền thông", new(2014, 6, 1), [], Role.Operator),
        (Clerk, "CB0005", "Ủy ban nhân dân huyện Đắk Mil", new(2010, 1, 1), [Duty.Custodian, Duty.Liaison], null),
        (Commune, "CB0006", "Ủy ban nhân dân xã Đắk Sắk", new(2009, 5, 1), [Duty.Deputy], null),
    ];

    /// <summary>Adds them to an installation that has the sample's mailboxes, which are taken over as they are.</summary>
    public static async Task FillAsync(MailStore mail, TimeProvider clock, CancellationToken cancellationToken)
    {
        var store = new GovernanceStore(mail, clock);
        await using var list = typeof(SampleOrganizations).Assembly.GetManifestResourceStream("Samples/daknong-2022-organizations.csv")!;
        using var bytes = new MemoryStream();
        await list.CopyToAsync(bytes, cancellationToken);
        var tree = await new OrganizationImport(store).RunAsync(Actor, bytes.ToArray(), new(DryRun: false, Mailboxes: false, Reason: "Địa chỉ đã nêu trong Quy chế hoặc đang dùng"), cancellationToken);
        if (!tree.Ok || !tree.Value.IsDone)
            throw new InvalidOperationException($"The sample's organizations cannot be imported: {tree.Problem ?? tree.Value.Problems[0].Problem}.");
        foreach (var (account, code, organization, since, duties, role) in People)
        {
            var added = await store.ChangeAsync<PersonId>(
                async tx =>
                {
                    var at = await OrganizationStore.ResolveAsync(tx, organization);
                    if (!at.Ok)
                        return at.Problem!;
                    var person = await store.People.AddAsync(tx, Actor, new(code, account.Name) { ServiceStart = since }, new(at.Value.Id, account.Title, From: since));
                    if (!person.Ok)
                        return person.Problem!;
                    if (await store.People.AddMailboxAsync(tx, Actor, person.Value.Id, null, account.Local, "Hộp thư mẫu đã có") is { Problem: { } problem })
                        return problem;
                    foreach (var duty in duties)
                    {
                        if (await store.Duties.NameAsync(tx, Actor, at.Value.Id, person.Value.Id, duty, since) is { Problem: { } refused })
                            return refused;
                    }
                    if (role is { } given && await store.Roles.GiveAsync(tx, Actor, (await PeopleStore.FindAsync(tx, person.Value.Id))!.Principal!.Value, given, null) is { Problem: { } unfit })
                        return unfit;
                    return person.Value.Id;
                },
                cancellationToken);
            if (added.Problem is { } wrong)
                throw new InvalidOperationException($"{account.Name} cannot be added to the sample: {wrong}.");
        }
    }
}
