using System.Collections.Frozen;

namespace CongVu.Governance.Requests;

/// <summary>Where a request is.</summary>
public enum RequestState
{
    /// <summary>Nháp: the organization writes it.</summary>
    Draft,

    /// <summary>Đã gửi: handed in on the portal, not received yet.</summary>
    Submitted,

    /// <summary>Đã tiếp nhận: the time limit runs.</summary>
    Received,

    /// <summary>Chờ bổ sung: it waits for the organization, and no time limit runs.</summary>
    AwaitingSupplement,

    /// <summary>Đang xử lý.</summary>
    InProgress,

    /// <summary>Chờ ký văn bản trả lời: all rows are dealt with.</summary>
    AwaitingSignature,

    /// <summary>Hoàn thành: the answer was issued.</summary>
    Done,

    /// <summary>Hoàn thành một phần: issued, and some rows were refused.</summary>
    PartlyDone,

    /// <summary>Từ chối.</summary>
    Rejected,

    /// <summary>Đã rút.</summary>
    Withdrawn,
}

/// <summary>What happens to a request.</summary>
public enum RequestStep
{
    /// <summary>The organization hands it in.</summary>
    Submit,

    /// <summary>The operator receives it.</summary>
    Receive,

    /// <summary>The operator asks for what is missing.</summary>
    AskSupplement,

    /// <summary>What was missing has come.</summary>
    Supplement,

    /// <summary>Somebody takes it, or its work begins.</summary>
    Begin,

    /// <summary>Every row is dealt with.</summary>
    Finish,

    /// <summary>The answer is issued, everything was done.</summary>
    IssueDone,

    /// <summary>The answer is issued, something was done.</summary>
    IssuePartly,

    /// <summary>The answer is issued, nothing was done.</summary>
    IssueRejected,

    /// <summary>It is refused as a whole.</summary>
    Reject,

    /// <summary>The organization takes it back.</summary>
    Withdraw,

    /// <summary>Refused rows are tried again.</summary>
    Retry,
}

/// <summary>Which step leads where: the whole of it.</summary>
public static class RequestFlow
{
    private static readonly FrozenDictionary<(RequestState, RequestStep), RequestState> Table = new Dictionary<(RequestState, RequestStep), RequestState>
    {
        [(RequestState.Draft, RequestStep.Submit)] = RequestState.Submitted,
        [(RequestState.Draft, RequestStep.Receive)] = RequestState.Received,
        [(RequestState.Draft, RequestStep.Withdraw)] = RequestState.Withdrawn,
        [(RequestState.Submitted, RequestStep.Receive)] = RequestState.Received,
        [(RequestState.Submitted, RequestStep.AskSupplement)] = RequestState.AwaitingSupplement,
        [(RequestState.Submitted, RequestStep.Reject)] = RequestState.Rejected,
        [(RequestState.Submitted, RequestStep.Withdraw)] = RequestState.Withdrawn,
        [(RequestState.Received, RequestStep.AskSupplement)] = RequestState.AwaitingSupplement,
        [(RequestState.Received, RequestStep.Begin)] = RequestState.InProgress,
        [(RequestState.Received, RequestStep.Reject)] = RequestState.Rejected,
        [(RequestState.Received, RequestStep.Withdraw)] = RequestState.Withdrawn,
        [(RequestState.AwaitingSupplement, RequestStep.Supplement)] = RequestState.Received,
        [(RequestState.AwaitingSupplement, RequestStep.Reject)] = RequestState.Rejected,
        [(RequestState.AwaitingSupplement, RequestStep.Withdraw)] = RequestState.Withdrawn,
        [(RequestState.InProgress, RequestStep.AskSupplement)] = RequestState.AwaitingSupplement,
        [(RequestState.InProgress, RequestStep.Begin)] = RequestState.InProgress,
        [(RequestState.InProgress, RequestStep.Finish)] = RequestState.AwaitingSignature,
        [(RequestState.InProgress, RequestStep.Reject)] = RequestState.Rejected,
        [(RequestState.InProgress, RequestStep.Withdraw)] = RequestState.Withdrawn,
        [(RequestState.AwaitingSignature, RequestStep.Retry)] = RequestState.InProgress,
        [(RequestState.AwaitingSignature, RequestStep.IssueDone)] = RequestState.Done,
        [(RequestState.AwaitingSignature, RequestStep.IssuePartly)] = RequestState.PartlyDone,
        [(RequestState.AwaitingSignature, RequestStep.IssueRejected)] = RequestState.Rejected,
        [(RequestState.Rejected, RequestStep.IssueRejected)] = RequestState.Rejected,
    }.ToFrozenDictionary();

    /// <summary>The state after a step; null where the step is not possible.</summary>
    public static RequestState? After(RequestState state, RequestStep step) => Table.TryGetValue((state, step), out var next) ? next : null;

    /// <summary>Nothing more is to be done.</summary>
    public static bool IsEnded(RequestState state) => state is RequestState.Done or RequestState.PartlyDone or RequestState.Rejected or RequestState.Withdrawn;
}
