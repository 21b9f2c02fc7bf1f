namespace CongVu.Server.Hosting;

/// <summary>A task that runs as long as the server does; an error that it does not handle itself ends the server, never silently the task.</summary>
internal sealed class BackgroundWork(Func<CancellationToken, Task> run) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await run(stoppingToken);
    }
}
