using CongVu.Bench;

return args switch
{
    ["delivery", .. var rest] => await DeliveryBench.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: bench delivery [--quick] [--only congvu|postgres|peer|circular]");
    return 2;
}
