using CongVu.Bench;

return args switch
{
    ["delivery", .. var rest] => await DeliveryBench.RunAsync(rest),
    ["imap", .. var rest] => await ImapBench.RunAsync(rest),
    ["large", .. var rest] => await LargeBench.RunAsync(rest),
    ["outbound", .. var rest] => await OutboundBench.RunAsync(rest),
    ["lifecycle", .. var rest] => await LifecycleBench.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: bench delivery [--quick] [--only congvu|postgres|peer|circular] | imap [--only congvu|peer] | large [--idle number [--tls]] | outbound [--quick] | lifecycle [--mailboxes number]");
    return 2;
}
