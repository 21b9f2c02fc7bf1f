namespace CongVu.Governance.WorkingDays;

/// <summary>
/// The two instants that the lunar calendar rests on: new moons and the Sun's place. After J. Meeus, Astronomical Algorithms, chapters 25 and 49.
/// New moons are good to half a minute, the Sun to a quarter of an hour; the tests show that no date of 2000-2100 hangs on less.
/// </summary>
internal static class Astronomy
{
    private const double MeanMonth = 29.530588861;
    private const double FirstNewMoon = 2451550.09766;

    // Coefficient in days, then the multiples of M, M', F; the power of E is the absolute multiple of M.
    private static readonly (double Days, int M, int Moon, int F)[] NewMoonTerms =
    [
        (-0.40720, 0, 1, 0), (0.17241, 1, 0, 0), (0.01608, 0, 2, 0), (0.01039, 0, 0, 2), (0.00739, -1, 1, 0), (-0.00514, 1, 1, 0),
        (0.00208, 2, 0, 0), (-0.00111, 0, 1, -2), (-0.00057, 0, 1, 2), (0.00056, 1, 2, 0), (-0.00042, 0, 3, 0), (0.00042, 1, 0, 2),
        (0.00038, 1, 0, -2), (-0.00024, -1, 2, 0), (-0.00007, 2, 1, 0), (0.00004, 0, 2, -2), (0.00004, 3, 0, 0), (0.00003, 1, 1, -2),
        (0.00003, 0, 2, 2), (-0.00003, 1, 1, 2), (0.00003, -1, 1, 2), (-0.00002, -1, 1, -2), (-0.00002, 1, 3, 0), (0.00002, 0, 4, 0),
    ];

    // Of the planets: days, phase and rate in degrees.
    private static readonly (double Days, double Phase, double Rate)[] PlanetTerms =
    [
        (0.000325, 299.77, 0.107408), (0.000165, 251.88, 0.016321), (0.000164, 251.83, 26.651886), (0.000126, 349.42, 36.412478),
        (0.000110, 84.66, 18.206239), (0.000062, 141.74, 53.303771), (0.000060, 207.14, 2.453732), (0.000056, 154.84, 7.306860),
        (0.000047, 34.52, 27.261239), (0.000042, 207.19, 0.121824), (0.000040, 291.34, 1.844379), (0.000037, 161.72, 24.198154),
        (0.000035, 239.56, 25.513099), (0.000023, 331.55, 3.592518),
    ];

    /// <summary>The number of the last new moon that is surely not after a Julian day, counted from January 2000.</summary>
    public static int NewMoonBefore(double julianDay) => (int)Math.Floor((julianDay - FirstNewMoon) / MeanMonth) - 1;

    /// <summary>The Julian day (universal time) of new moon number <paramref name="k"/>.</summary>
    public static double NewMoon(int k)
    {
        var t = k / 1236.85;
        var e = 1 - 0.002516 * t - 0.0000074 * t * t;
        var sun = 2.5534 + 29.10535670 * k - 0.0000014 * t * t;
        var moon = 201.5643 + 385.81693528 * k + 0.0107582 * t * t + 0.00001238 * t * t * t;
        var latitude = 160.7108 + 390.67050284 * k - 0.0016118 * t * t - 0.00000227 * t * t * t;
        var node = 124.7746 - 1.56375588 * k + 0.0020672 * t * t;
        var day = FirstNewMoon + MeanMonth * k + 0.00015437 * t * t - 0.000000150 * t * t * t;
        foreach (var (days, m, mm, f) in NewMoonTerms)
            day += days * Math.Pow(e, Math.Abs(m)) * Sin(m * sun + mm * moon + f * latitude);
        day -= 0.00017 * Sin(node);
        foreach (var (days, phase, rate) in PlanetTerms)
            day += days * Sin(phase + rate * k);
        return day - DeltaT(day) / 86400;
    }

    /// <summary>The apparent longitude of the Sun in degrees, 0 to 360, at a Julian day of universal time.</summary>
    public static double SunLongitude(double julianDay)
    {
        var t = (julianDay + DeltaT(julianDay) / 86400 - 2451545.0) / 36525;
        var mean = 280.46646 + 36000.76983 * t + 0.0003032 * t * t;
        var anomaly = 357.52911 + 35999.05029 * t - 0.0001537 * t * t;
        var centre = (1.914602 - 0.004817 * t) * Sin(anomaly) + (0.019993 - 0.000101 * t) * Sin(2 * anomaly) + 0.000289 * Sin(3 * anomaly);
        var apparent = mean + centre - 0.00569 - 0.00478 * Sin(125.04 - 1934.136 * t);
        return apparent - 360 * Math.Floor(apparent / 360);
    }

    // Seconds by which the Earth's rotation is behind; the polynomials of Espenak and Meeus.
    private static double DeltaT(double julianDay)
    {
        var year = 2000 + (julianDay - 2451545.0) / 365.25;
        var t = year - 2000;
        return year < 2005 ? 63.86 + 0.3345 * t - 0.060374 * t * t
            : year < 2050 ? 62.92 + 0.32217 * t + 0.005589 * t * t
            : -20 + 32 * (year - 1820) / 100 * ((year - 1820) / 100) - 0.5628 * (2150 - year);
    }

    private static double Sin(double degrees) => Math.Sin(degrees * Math.PI / 180);
}
