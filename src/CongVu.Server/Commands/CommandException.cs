namespace CongVu.Server.Commands;

/// <summary>A command cannot do what it was asked; its message is for the person who asked, and no stack is shown.</summary>
internal sealed class CommandException(string message) : Exception(message);
