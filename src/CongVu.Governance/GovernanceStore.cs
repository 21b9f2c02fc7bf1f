using System.Reflection;
using CongVu.Governance.Addresses;
using CongVu.Governance.Authorities;
using CongVu.Governance.Lifecycle;
using CongVu.Governance.Organizations;
using CongVu.Governance.Passwords;
using CongVu.Governance.People;
using CongVu.Governance.Requests;
using CongVu.Governance.Plans;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance;

/// <summary>
/// What the Regulation knows and does, on the engine's store: one transaction holds a change, what it does to accounts, and its row in the audit trail. Its parts take a <see cref="Tx"/>,
/// so that larger work is put together of them; <see cref="ChangeAsync{T}"/> begins it. Work may run again, so it has no effect but on the database.
/// </summary>
public sealed class GovernanceStore
{
    /// <summary>The store's migrations: for <see cref="StoreOptions.Migrations"/>.</summary>
    public static readonly Assembly Migrations = typeof(GovernanceStore).Assembly;

    /// <summary>On a store that was opened with <see cref="Migrations"/>.</summary>
    public GovernanceStore(MailStore mail, TimeProvider clock)
    {
        Mail = mail;
        Clock = clock;
        Authority = new(clock);
        Addresses = new(this);
        Organizations = new(this);
        People = new(this);
        Duties = new(this);
        Roles = new(this);
        Calendar = new(this);
        Lifecycle = new(this);
        Passwords = new(this);
        Requests = new(this);
        Plans = new(this);
    }

    /// <summary>The engine.</summary>
    public MailStore Mail { get; }

    /// <summary>Who may do what.</summary>
    public Authority Authority { get; }

    /// <summary>Addresses given and kept.</summary>
    public AddressStore Addresses { get; }

    /// <summary>The tree of organizations.</summary>
    public OrganizationStore Organizations { get; }

    /// <summary>People and where they work.</summary>
    public PeopleStore People { get; }

    /// <summary>Heads, deputies, liaisons, custodians.</summary>
    public DutyStore Duties { get; }

    /// <summary>Rights given by hand.</summary>
    public RoleStore Roles { get; }

    /// <summary>The working calendar.</summary>
    public CalendarStore Calendar { get; }

    /// <summary>Mailboxes from issue to removal.</summary>
    public LifecycleStore Lifecycle { get; }

    /// <summary>Passwords, and how first ones reach their holders.</summary>
    public PasswordStore Passwords { get; }

    /// <summary>What organizations ask for.</summary>
    public RequestStore Requests { get; }

    /// <summary>Reorganizations that are planned.</summary>
    public PlanStore Plans { get; }

    /// <summary>Today, in Vietnam.</summary>
    public DateOnly Today => VietnamTime.Today(Clock);

    internal TimeProvider Clock { get; }

    internal long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Does all of <paramref name="work"/>, or, when it ends with a problem, nothing of it.</summary>
    /// <exception cref="StoreException">The store cannot do it now.</exception>
    public async Task<Result<T>> ChangeAsync<T>(Func<Tx, ValueTask<Result<T>>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await Mail.Database.WriteAsync(
                async tx =>
                {
                    var done = await work(tx);
                    return done.Problem is { } problem ? throw new ProblemException(problem) : done;
                },
                cancellationToken);
        }
        catch (ProblemException refused)
        {
            return refused.Problem;
        }
    }

    /// <summary>Reads on one snapshot.</summary>
    public ValueTask<T> ReadAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellationToken) => Mail.Database.ReadAsync(work, cancellationToken);

    internal ValueTask AuditAsync(Tx tx, Actor actor, string action, string subject, string detail) => Mail.Audit.WriteAsync(tx, actor.Name, action, subject, detail);
}
