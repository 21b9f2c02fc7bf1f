using CongVu.Mail.Store;
using CsCheck;

namespace CongVu.Mail.Tests.Store;

public sealed class UidRunsTests
{
    private static readonly Gen<uint[]> Uids = Gen.UInt[1, 60].Array[0, 40].Select(a => a.Distinct().Order().ToArray());

    [Fact]
    public void Sequence_numbers_and_uids_agree_with_a_plain_list() => Uids.Sample(uids =>
    {
        var runs = Of(uids);
        Assert.Equal(uids.Length, runs.Count);
        Assert.Equal(uids, runs.Select(u => u.Value));
        for (var i = 0; i < uids.Length; i++)
            Assert.Equal(uids[i], runs.At(i + 1).Value);
        for (var uid = 1u; uid <= 61; uid++)
        {
            Assert.Equal(Array.IndexOf(uids, uid) + 1, runs.SequenceOf(new(uid)));
            Assert.Equal(uids.Count(u => u <= uid), runs.CountUpTo(new(uid)));
        }
    });

    [Fact]
    public void Taking_out_and_putting_in_agree_with_sets() => Gen.Select(Uids, Uids).Sample((uids, others) =>
    {
        var list = others.Select(u => new Uid(u)).ToList();
        Assert.Equal(uids.Except(others), Of(uids).Without(list).Select(u => u.Value));
        Assert.Equal(uids.Union(others).Order(), Of(uids).With(list).Select(u => u.Value));
    });

    [Fact]
    public void The_highest_possible_uid_is_no_trouble()
    {
        var runs = Of([1, uint.MaxValue - 1, uint.MaxValue]);
        Assert.Equal([1, uint.MaxValue - 1, uint.MaxValue], runs.Select(u => u.Value));
        Assert.Equal(3, runs.SequenceOf(new(uint.MaxValue)));
        Assert.Equal([1u], runs.Without([new(uint.MaxValue - 1), new(uint.MaxValue)]).Select(u => u.Value));
    }

    private static UidRuns Of(uint[] uids) => UidRuns.Of(uids.Select(u => new Uid(u)));
}
