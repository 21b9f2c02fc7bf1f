using CongVu.Governance.Requests;

namespace CongVu.Governance.Tests.Requests;

public sealed class RequestFlowTests
{
    [Fact]
    public void Every_open_state_leads_to_an_end_and_no_end_is_left()
    {
        foreach (var state in Enum.GetValues<RequestState>())
        {
            var next = Enum.GetValues<RequestStep>().Select(s => RequestFlow.After(state, s)).OfType<RequestState>().ToHashSet();
            if (RequestFlow.IsEnded(state))
            {
                Assert.True(next.All(n => n == state), $"{state}");
                continue;
            }
            var reached = new HashSet<RequestState> { state };
            for (var grown = true; grown;)
            {
                grown = false;
                foreach (var (from, step) in reached.ToArray().SelectMany(r => Enum.GetValues<RequestStep>().Select(s => (r, s))))
                    grown |= RequestFlow.After(from, step) is { } to && reached.Add(to);
            }
            Assert.Contains(RequestState.Done, reached);
        }
    }
}
