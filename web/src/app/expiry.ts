const warnDays = 14;

/** Days left of a password, counted up; null while there is time. */
export function daysLeft(expiresAt: string | null | undefined, now: number): number | null {
  if (!expiresAt) return null;
  const days = Math.ceil((Date.parse(expiresAt) - now) / 86_400_000);
  return days <= warnDays ? Math.max(0, days) : null;
}
