using CongVu.Mail.Store;

namespace CongVu.Mail.Tests.Store;

public sealed class SqlitePasskeysTests() : PasskeysTests(Backend.Sqlite);

public sealed class PostgresPasskeysTests() : PasskeysTests(Backend.Postgres);

public abstract class PasskeysTests(Backend backend) : StoreFixture(backend)
{
    [Fact]
    public async Task A_passkey_is_kept_once_found_by_its_name_and_taken_away_by_its_holder_alone()
    {
        var ((an, _), (binh, _)) = (await PersonAsync("an"), await PersonAsync("binh"));
        var made = (await Store.Passkeys.AddAsync(New(an, [1, 2, 3]), "test", Cancellation))!;
        Assert.Null(await Store.Passkeys.AddAsync(New(binh, [1, 2, 3]), "test", Cancellation));
        var found = (await Store.Passkeys.FindAsync([1, 2, 3], Cancellation))!;
        Assert.Equal((made.Id, an, "Máy bàn", 7u), (found.Id, found.Principal, found.Label, found.SignCount));
        Assert.Equal(["internal", "usb"], found.Transports);
        Assert.Null(found.LastUsed);
        Assert.Null(await Store.Passkeys.FindAsync([1, 2], Cancellation));
        Assert.False(await Store.Passkeys.RemoveAsync(binh, made.Id, "test", Cancellation));
        Assert.True(await Store.Passkeys.RemoveAsync(an, made.Id, "test", Cancellation));
        Assert.Empty(await Store.Passkeys.ListAsync(an, Cancellation));
    }

    [Fact]
    public async Task A_counter_only_goes_on_unless_there_is_none()
    {
        var (an, _) = await PersonAsync("an");
        await Store.Passkeys.AddAsync(New(an, [1]), "test", Cancellation);
        Assert.False(await Store.Passkeys.UsedAsync([1], 7, false, Cancellation));
        Assert.True(await Store.Passkeys.UsedAsync([1], 8, true, Cancellation));
        Assert.False(await Store.Passkeys.UsedAsync([1], 8, true, Cancellation));
        Assert.False(await Store.Passkeys.UsedAsync([1], 0, true, Cancellation));
        Assert.NotNull((await Store.Passkeys.FindAsync([1], Cancellation))!.LastUsed);
        await Store.Passkeys.AddAsync(New(an, [2]) with { SignCount = 0 }, "test", Cancellation);
        Assert.True(await Store.Passkeys.UsedAsync([2], 0, false, Cancellation));
        Assert.True(await Store.Passkeys.UsedAsync([2], 0, false, Cancellation));
    }

    [Fact]
    public async Task Nobody_has_passkeys_without_end()
    {
        var (an, _) = await PersonAsync("an");
        for (byte i = 0; i < Passkeys.MaxOfPrincipal; i++)
            Assert.NotNull(await Store.Passkeys.AddAsync(New(an, [i]), "test", Cancellation));
        Assert.Null(await Store.Passkeys.AddAsync(New(an, [200]), "test", Cancellation));
    }

    private static Passkey New(PrincipalId who, byte[] name) => new(0, who, name, [9, 9], 7, true, false, ["internal", "usb"], "Máy bàn", default, null);
}
