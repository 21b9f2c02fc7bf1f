namespace CongVu.Mail.Store;

/// <summary>Takes a piece of work back that was refused after it had begun to change rows; <see cref="RefusedOutcome.OrRefusedAsync"/> turns it into its outcome.</summary>
internal sealed class RefusedException(Refusal refusal) : Exception
{
    internal Refusal Refusal => refusal;
}

internal static class RefusedOutcome
{
    internal static async Task<Outcome<T>> OrRefusedAsync<T>(this Task<Outcome<T>> work)
    {
        try
        {
            return await work;
        }
        catch (RefusedException refused)
        {
            return refused.Refusal;
        }
    }
}
